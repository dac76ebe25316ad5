//! The five handlers of a piece, documented: the same for every piece but for names, words and addresses.

/// Writes list, create, read, patch and delete for a piece, and the function that mounts them.
#[macro_export]
macro_rules! piece_routes {
    (
        $piece:ident, $new:ident, tag $tag:tt,
        read $read_scope:tt $may_read:ident, write $write_scope:tt $may_write:ident,
        under $under:tt, at $at:tt;
        $(#[$list_doc:meta])* list $list:ident;
        $(#[$create_doc:meta])* create $create:ident;
        $(#[$read_doc:meta])* read $read:ident;
        $(#[$patch_doc:meta])* patch $patch:ident;
        $(#[$delete_doc:meta])* delete $delete:ident;
    ) => {
        // utoipa knows the method by the bare name of the attribute.
        use actix_web::{delete, get, patch, post};

        $(#[$list_doc])*
        #[utoipa::path(
            tag = $tag, security(("oauth2" = [$read_scope]), ("bearer" = [])),
            params(("sort" = Option<String>, Query, pattern = "^-?(position)$", description = "`position` (default); a minus in front reverses")),
            responses((status = 200, description = "A page, in order", body = $crate::http::list::Page<$piece>))
        )]
        #[get($under)]
        async fn $list(call: $crate::http::call::Call<$may_read>) -> $crate::http::answer::Reply {
            $crate::aggregate::list::<$piece, _>(call).await
        }

        $(#[$create_doc])*
        #[utoipa::path(
            tag = $tag, security(("oauth2" = [$write_scope]), ("bearer" = [])), request_body = $new,
            responses((status = 201, description = "Created", body = $piece))
        )]
        #[post($under)]
        async fn $create(call: $crate::http::call::Call<$may_write>) -> $crate::http::answer::Reply {
            $crate::aggregate::create::<$piece, _>(call).await
        }

        $(#[$read_doc])*
        #[utoipa::path(
            tag = $tag, security(("oauth2" = [$read_scope]), ("bearer" = [])),
            responses((status = 200, description = "Found", body = $piece))
        )]
        #[get($at)]
        async fn $read(call: $crate::http::call::Call<$may_read>) -> $crate::http::answer::Reply {
            $crate::aggregate::read::<$piece, _>(call).await
        }

        $(#[$patch_doc])*
        #[utoipa::path(
            tag = $tag, security(("oauth2" = [$write_scope]), ("bearer" = [])),
            request_body(content = $new, content_type = "application/merge-patch+json"),
            responses((status = 200, description = "Changed", body = $piece))
        )]
        #[patch($at)]
        async fn $patch(call: $crate::http::call::Call<$may_write>) -> $crate::http::answer::Reply {
            $crate::aggregate::patch::<$piece, _>(call).await
        }

        $(#[$delete_doc])*
        #[utoipa::path(
            tag = $tag, security(("oauth2" = [$write_scope]), ("bearer" = [])),
            responses((status = 204, description = "Deleted"))
        )]
        #[delete($at)]
        async fn $delete(call: $crate::http::call::Call<$may_write>) -> $crate::http::answer::Reply {
            $crate::aggregate::delete::<$piece, _>(call).await
        }

        /// Mounts the handlers of this piece.
        pub fn routes(cfg: &mut utoipa_actix_web::service_config::ServiceConfig<'_>) {
            cfg.service($list).service($create).service($read).service($patch).service($delete);
        }
    };
}
