//! The tables, as diesel sees them: the same on both databases. Written beside each migration; a test compares it with
//! what the migrations make.

diesel::table! {
    use crate::db::types::sql::*;
    use diesel::sql_types::*;
    passerelle_schema (application) {
        application -> Text,
        major -> Integer,
        minor -> Integer,
    }
}

diesel::table! {
    use crate::db::types::sql::*;
    use diesel::sql_types::*;
    organisations (id) {
        id -> DbUuid,
        version -> BigInt,
        kind -> Text,
        name -> Text,
        name_key -> Text,
        short_name -> Nullable<Text>,
        legal_form -> Nullable<Text>,
        siret -> Nullable<Text>,
        rna -> Nullable<Text>,
        address -> Nullable<Text>,
        public_utility -> Bool,
        accreditation_level -> Nullable<Text>,
        accredited_from -> Nullable<Date>,
        accredited_until -> Nullable<Date>,
        verified -> Bool,
        external_id -> Nullable<Text>,
        owner_id -> Nullable<DbUuid>,
        created_at -> BigInt,
        updated_at -> BigInt,
        audience_id -> Nullable<DbUuid>,
    }
}

diesel::table! {
    use crate::db::types::sql::*;
    use diesel::sql_types::*;
    representatives (id) {
        id -> DbUuid,
        organisation_id -> DbUuid,
        position -> BigInt,
        name -> Text,
        function -> Text,
        email -> Nullable<Text>,
        mandate_from -> Nullable<Date>,
        mandate_until -> Nullable<Date>,
        created_at -> BigInt,
    }
}

diesel::table! {
    use crate::db::types::sql::*;
    use diesel::sql_types::*;
    conventions (id) {
        id -> DbUuid,
        version -> BigInt,
        reference -> Nullable<Text>,
        title -> Text,
        search_key -> Text,
        title_key -> Text,
        document_type -> Text,
        level -> Text,
        territory -> Text,
        parent_id -> Nullable<DbUuid>,
        last_day_rule -> Text,
        preamble -> Nullable<Text>,
        preamble_commitments -> Text,
        networks -> Text,
        external_id -> Nullable<Text>,
        owner_id -> Nullable<DbUuid>,
        brought_in -> Bool,
        content_hash -> Text,
        first_signed_on -> Nullable<Date>,
        complete_on -> Nullable<Date>,
        in_force_from -> Nullable<Date>,
        last_day -> Nullable<Date>,
        renews_tacitly -> Bool,
        created_at -> BigInt,
        updated_at -> BigInt,
        audience_id -> Nullable<DbUuid>,
        negotiation_on -> Nullable<Date>,
        ends_on -> Nullable<Date>,
        end_status -> Nullable<Text>,
        renews_id -> Nullable<DbUuid>,
        readings -> Text,
        texts -> Text,
    }
}

diesel::table! {
    use crate::db::types::sql::*;
    use diesel::sql_types::*;
    sources (convention_id) {
        convention_id -> DbUuid,
        sha256 -> Text,
        media_type -> Text,
        body -> Text,
        parsed -> Text,
        imported_at -> BigInt,
    }
}

diesel::table! {
    use crate::db::types::sql::*;
    use diesel::sql_types::*;
    parties (id) {
        id -> DbUuid,
        convention_id -> DbUuid,
        position -> BigInt,
        organisation_id -> DbUuid,
        side -> Text,
        name_as_signed -> Text,
        alias -> Nullable<Text>,
        address -> Nullable<Text>,
        representative -> Nullable<Text>,
        representative_function -> Nullable<Text>,
        created_at -> BigInt,
    }
}

diesel::table! {
    use crate::db::types::sql::*;
    use diesel::sql_types::*;
    parts (id) {
        id -> DbUuid,
        convention_id -> DbUuid,
        position -> BigInt,
        number -> Text,
        label -> Nullable<Text>,
        created_at -> BigInt,
    }
}

diesel::table! {
    use crate::db::types::sql::*;
    use diesel::sql_types::*;
    articles (id) {
        id -> DbUuid,
        convention_id -> DbUuid,
        position -> BigInt,
        part_id -> Nullable<DbUuid>,
        number -> Text,
        heading -> Nullable<Text>,
        body -> Text,
        source_line -> Nullable<Integer>,
        source_last_line -> Nullable<Integer>,
        created_at -> BigInt,
    }
}

diesel::table! {
    use crate::db::types::sql::*;
    use diesel::sql_types::*;
    clauses (id) {
        id -> DbUuid,
        convention_id -> DbUuid,
        position -> BigInt,
        kind -> Text,
        article_id -> Nullable<DbUuid>,
        absent -> Bool,
        confirmed -> Bool,
        parameters -> Text,
        quote -> Nullable<Text>,
        source_line -> Nullable<Integer>,
        created_at -> BigInt,
    }
}

diesel::table! {
    use crate::db::types::sql::*;
    use diesel::sql_types::*;
    axes (id) {
        id -> DbUuid,
        convention_id -> DbUuid,
        position -> BigInt,
        article_id -> DbUuid,
        label -> Text,
        transversal -> Bool,
        audiences -> Text,
        commitments -> Text,
        catalogue -> Text,
        created_at -> BigInt,
        parent_axis_id -> Nullable<DbUuid>,
        parent_axis_reason -> Nullable<Text>,
    }
}

diesel::table! {
    use crate::db::types::sql::*;
    use diesel::sql_types::*;
    objectives (id) {
        id -> DbUuid,
        convention_id -> DbUuid,
        position -> BigInt,
        text -> Text,
        article_id -> Nullable<DbUuid>,
        served_by_axes -> Text,
        served_by_items -> Text,
        source_line -> Nullable<Integer>,
        created_at -> BigInt,
    }
}

diesel::table! {
    use crate::db::types::sql::*;
    use diesel::sql_types::*;
    network_contacts (id) {
        id -> DbUuid,
        convention_id -> DbUuid,
        version -> BigInt,
        network -> Text,
        territory -> Text,
        name -> Text,
        function -> Nullable<Text>,
        email -> Nullable<Text>,
        phone -> Nullable<Text>,
        valid_from -> Nullable<Date>,
        valid_until -> Nullable<Date>,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

diesel::table! {
    use crate::db::types::sql::*;
    use diesel::sql_types::*;
    signatures (id) {
        id -> DbUuid,
        convention_id -> DbUuid,
        position -> BigInt,
        party_id -> DbUuid,
        signatory -> Text,
        signatory_key -> Text,
        function -> Text,
        signed_on -> Date,
        place -> Nullable<Text>,
        content_hash -> Text,
        proof -> Nullable<Text>,
        replaces -> Nullable<DbUuid>,
        recorded_by -> DbUuid,
        recorded_at -> BigInt,
        voided_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    use crate::db::types::sql::*;
    use diesel::sql_types::*;
    clients (id) {
        id -> DbUuid,
        version -> BigInt,
        name -> Text,
        name_key -> Text,
        role -> Text,
        organisation_id -> Nullable<DbUuid>,
        territories -> Text,
        uais -> Text,
        scopes -> Text,
        secret_hash -> Text,
        created_at -> BigInt,
        updated_at -> BigInt,
        revoked_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    use crate::db::types::sql::*;
    use diesel::sql_types::*;
    signing_keys (kid) {
        kid -> Text,
        public_key -> Text,
        sealed_private_key -> Text,
        created_at -> BigInt,
        signs_from -> BigInt,
        retired_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    use crate::db::types::sql::*;
    use diesel::sql_types::*;
    idempotency_keys (client_id, method, path, key) {
        client_id -> DbUuid,
        method -> Text,
        path -> Text,
        key -> Text,
        fingerprint -> Text,
        status -> Integer,
        headers -> Text,
        body -> Text,
        recorded_at -> BigInt,
    }
}

diesel::table! {
    use crate::db::types::sql::*;
    use diesel::sql_types::*;
    changes (seq) {
        seq -> BigInt,
        position -> Nullable<BigInt>,
        kind -> Text,
        resource_id -> DbUuid,
        version -> BigInt,
        operation -> Text,
        convention_id -> Nullable<DbUuid>,
        organisation_id -> Nullable<DbUuid>,
        recorded_at -> BigInt,
        seen_by -> Nullable<DbUuid>,
        was_seen_by -> Nullable<DbUuid>,
    }
}

diesel::table! {
    use crate::db::types::sql::*;
    use diesel::sql_types::*;
    audit_entries (seq) {
        seq -> BigInt,
        id -> DbUuid,
        change_seq -> BigInt,
        position -> Nullable<BigInt>,
        client_id -> DbUuid,
        request_id -> Text,
        act -> Text,
        details_digest -> Text,
        previous_hash -> Nullable<Text>,
        hash -> Nullable<Text>,
        recorded_at -> BigInt,
        change_position -> Nullable<BigInt>,
        kind -> Nullable<Text>,
        resource_id -> Nullable<DbUuid>,
        version -> Nullable<BigInt>,
        convention_id -> Nullable<DbUuid>,
        organisation_id -> Nullable<DbUuid>,
        audience_id -> Nullable<DbUuid>,
    }
}

diesel::table! {
    use crate::db::types::sql::*;
    use diesel::sql_types::*;
    audit_details (entry_id) {
        entry_id -> DbUuid,
        salt -> Text,
        before -> Nullable<Text>,
        after -> Nullable<Text>,
    }
}

diesel::table! {
    use crate::db::types::sql::*;
    use diesel::sql_types::*;
    audiences (id) {
        id -> DbUuid,
    }
}

diesel::table! {
    use crate::db::types::sql::*;
    use diesel::sql_types::*;
    audience_readers (reader, territory, audience_id) {
        reader -> Text,
        territory -> Text,
        audience_id -> DbUuid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    feed_head (id) {
        id -> Integer,
        epoch -> Text,
        position -> BigInt,
        dropped_until -> BigInt,
        audit_position -> BigInt,
        audit_hash -> Text,
        dates_until -> Nullable<Date>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    jobs (name) {
        name -> Text,
        owner -> Text,
        lease_until -> BigInt,
        next_at -> BigInt,
        started_at -> Nullable<BigInt>,
        last_ok -> Nullable<BigInt>,
        last_error -> Nullable<Text>,
        runs -> BigInt,
        failures -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    blobs (sha256) {
        sha256 -> Text,
        size -> BigInt,
        used_at -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    blob_chunks (sha256, number) {
        sha256 -> Text,
        number -> BigInt,
        bytes -> Binary,
    }
}

diesel::table! {
    use crate::db::types::sql::*;
    use diesel::sql_types::*;
    files (id) {
        id -> DbUuid,
        version -> BigInt,
        name -> Text,
        name_key -> Text,
        media_type -> Text,
        size -> BigInt,
        sha256 -> Text,
        blob -> Nullable<Text>,
        purpose -> Text,
        attached_to -> Nullable<Text>,
        convention_id -> Nullable<DbUuid>,
        organisation_id -> Nullable<DbUuid>,
        owner_id -> Nullable<DbUuid>,
        uploaded_by -> DbUuid,
        external_id -> Nullable<Text>,
        erased_at -> Nullable<BigInt>,
        created_at -> BigInt,
        updated_at -> BigInt,
        public -> Bool,
    }
}

diesel::table! {
    use crate::db::types::sql::*;
    use diesel::sql_types::*;
    grants (id) {
        id -> DbUuid,
        version -> BigInt,
        issuer -> Text,
        subject -> Text,
        name -> Text,
        name_key -> Text,
        role -> Text,
        organisation_id -> Nullable<DbUuid>,
        territories -> Text,
        uais -> Text,
        scopes -> Text,
        valid_from -> Nullable<Date>,
        valid_until -> Nullable<Date>,
        created_at -> BigInt,
        updated_at -> BigInt,
        revoked_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    use crate::db::types::sql::*;
    use diesel::sql_types::*;
    facts (id) {
        id -> DbUuid,
        convention_id -> DbUuid,
        position -> BigInt,
        kind -> Text,
        party_id -> DbUuid,
        occurred_on -> Date,
        note -> Nullable<Text>,
        replaces -> Nullable<DbUuid>,
        replaced_at -> Nullable<BigInt>,
        recorded_by -> DbUuid,
        recorder_id -> Nullable<DbUuid>,
        recorded_at -> BigInt,
        answer -> Nullable<Text>,
        answer_note -> Nullable<Text>,
        answered_by -> Nullable<DbUuid>,
        answered_at -> Nullable<BigInt>,
        refers_to -> Nullable<DbUuid>,
        effective_on -> Nullable<Date>,
        duty -> Nullable<Text>,
        proof -> Text,
    }
}

diesel::table! {
    use crate::db::types::sql::*;
    use diesel::sql_types::*;
    amendments (id) {
        id -> DbUuid,
        convention_id -> DbUuid,
        position -> BigInt,
        title -> Text,
        requested_by -> Nullable<DbUuid>,
        effective_on -> Nullable<Date>,
        edits -> Text,
        clause_changes -> Text,
        warnings -> Text,
        source -> Nullable<Text>,
        source_sha256 -> Nullable<Text>,
        content_hash -> Text,
        first_signed_on -> Nullable<Date>,
        complete_on -> Nullable<Date>,
        in_force_from -> Nullable<Date>,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

diesel::table! {
    use crate::db::types::sql::*;
    use diesel::sql_types::*;
    amendment_pieces (id) {
        id -> DbUuid,
        amendment_id -> DbUuid,
        kind -> Text,
    }
}

diesel::table! {
    use crate::db::types::sql::*;
    use diesel::sql_types::*;
    amendment_signatures (id) {
        id -> DbUuid,
        convention_id -> DbUuid,
        amendment_id -> DbUuid,
        position -> BigInt,
        party_id -> DbUuid,
        signatory -> Text,
        signatory_key -> Text,
        function -> Text,
        signed_on -> Date,
        place -> Nullable<Text>,
        content_hash -> Text,
        proof -> Nullable<Text>,
        replaces -> Nullable<DbUuid>,
        recorded_by -> DbUuid,
        recorded_at -> BigInt,
        voided_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    use crate::db::types::sql::*;
    use diesel::sql_types::*;
    duties (id) {
        id -> DbUuid,
        convention_id -> DbUuid,
        key -> Text,
        rule -> Text,
        nature -> Text,
        owed_side -> Nullable<Text>,
        owed_party_id -> Nullable<DbUuid>,
        valid_from -> Date,
        valid_until -> Nullable<Date>,
        due_on -> Nullable<Date>,
        deadline_on -> Nullable<Date>,
        met_on -> Nullable<Date>,
        void_on -> Nullable<Date>,
        due_key -> Date,
        body -> Text,
        told -> Nullable<Text>,
        open_until -> Nullable<Date>,
    }
}

diesel::table! {
    use crate::db::types::sql::*;
    use diesel::sql_types::*;
    calendars (id) {
        id -> DbUuid,
        version -> BigInt,
        name -> Text,
        name_key -> Text,
        holder_id -> DbUuid,
        convention_id -> Nullable<DbUuid>,
        secret_hash -> Text,
        created_at -> BigInt,
        updated_at -> BigInt,
        revoked_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    use crate::db::types::sql::*;
    use diesel::sql_types::*;
    schools (id) {
        id -> DbUuid,
        uai -> Text,
        name -> Text,
        name_key -> Text,
        kind -> Text,
        nature -> Nullable<Text>,
        sector -> Nullable<Text>,
        address -> Nullable<Text>,
        postcode -> Nullable<Text>,
        commune -> Nullable<Text>,
        commune_code -> Nullable<Text>,
        commune_key -> Text,
        departement -> Nullable<Text>,
        academie -> Nullable<Text>,
        education_priority -> Nullable<Text>,
        open -> Bool,
        opened_on -> Nullable<Date>,
        closed_on -> Nullable<Date>,
        email -> Nullable<Text>,
        phone -> Nullable<Text>,
        website -> Nullable<Text>,
        vocational -> Bool,
        source -> Nullable<Text>,
        source_date -> Nullable<Date>,
        digest -> Nullable<Text>,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

diesel::table! {
    use crate::db::types::sql::*;
    use diesel::sql_types::*;
    school_directories (id) {
        id -> DbUuid,
        source -> Text,
        source_date -> Date,
        sha256 -> Text,
        read -> BigInt,
        added -> BigInt,
        changed -> BigInt,
        closed -> BigInt,
        unchanged -> BigInt,
        rejected -> BigInt,
        imported_at -> BigInt,
    }
}

diesel::table! {
    use crate::db::types::sql::*;
    use diesel::sql_types::*;
    companies (id) {
        id -> DbUuid,
        version -> BigInt,
        siret -> Nullable<Text>,
        name -> Text,
        name_key -> Text,
        sector_code -> Nullable<Text>,
        sector -> Nullable<Text>,
        address -> Nullable<Text>,
        postcode -> Nullable<Text>,
        commune -> Nullable<Text>,
        departement -> Nullable<Text>,
        academie -> Nullable<Text>,
        contact -> Nullable<Text>,
        comment -> Nullable<Text>,
        external_id -> Nullable<Text>,
        owner_id -> Nullable<DbUuid>,
        created_at -> BigInt,
        updated_at -> BigInt,
        audience_id -> Nullable<DbUuid>,
    }
}

diesel::table! {
    use crate::db::types::sql::*;
    use diesel::sql_types::*;
    company_contacts (id) {
        id -> DbUuid,
        version -> BigInt,
        company_id -> DbUuid,
        convention_id -> DbUuid,
        occurred_on -> Date,
        means -> Text,
        purpose -> Text,
        outcome -> Text,
        places -> Text,
        places_total -> BigInt,
        places_rep -> BigInt,
        places_rep_plus -> BigInt,
        academie -> Nullable<Text>,
        comment -> Nullable<Text>,
        external_id -> Nullable<Text>,
        owner_id -> Nullable<DbUuid>,
        created_at -> BigInt,
        updated_at -> BigInt,
        audience_id -> Nullable<DbUuid>,
    }
}

diesel::table! {
    use crate::db::types::sql::*;
    use diesel::sql_types::*;
    actions (id) {
        id -> DbUuid,
        version -> BigInt,
        convention_id -> DbUuid,
        axis_id -> DbUuid,
        kind -> Text,
        programme -> Nullable<Text>,
        status -> Text,
        origin -> Text,
        title -> Text,
        search_key -> Text,
        day -> Date,
        starts_on -> Nullable<Date>,
        ends_on -> Nullable<Date>,
        territory -> Nullable<Text>,
        academie -> Text,
        levels -> Text,
        themes -> Text,
        external_id -> Nullable<Text>,
        owner_id -> Nullable<DbUuid>,
        content -> Text,
        created_at -> BigInt,
        updated_at -> BigInt,
        audience_id -> Nullable<DbUuid>,
        host_company_id -> Nullable<DbUuid>,
        shown -> Nullable<Text>,
        shown_version -> BigInt,
        shown_form -> BigInt,
        held_at -> Nullable<BigInt>,
        departement -> Text,
    }
}

diesel::table! {
    use crate::db::types::sql::*;
    use diesel::sql_types::*;
    action_schools (action_id, uai) {
        action_id -> DbUuid,
        uai -> Text,
        academie -> Text,
        departement -> Text,
        class_key -> Text,
        module_year -> BigInt,
        module_minutes -> BigInt,
        kind -> Nullable<Text>,
        starts_on -> Nullable<Date>,
        ends_on -> Nullable<Date>,
    }
}

diesel::table! {
    use crate::db::types::sql::*;
    use diesel::sql_types::*;
    action_aliases (owner_id, external_id) {
        owner_id -> DbUuid,
        external_id -> Text,
        action_id -> DbUuid,
    }
}

diesel::table! {
    use crate::db::types::sql::*;
    use diesel::sql_types::*;
    merged_actions (id) {
        id -> DbUuid,
        action_id -> DbUuid,
        merged_at -> BigInt,
        audience_id -> Nullable<DbUuid>,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    passerelle_schema,
    organisations,
    representatives,
    conventions,
    sources,
    parties,
    parts,
    articles,
    clauses,
    axes,
    objectives,
    network_contacts,
    signatures,
    clients,
    signing_keys,
    idempotency_keys,
    changes,
    audit_entries,
    audit_details,
    audiences,
    audience_readers,
    feed_head,
    jobs,
    blobs,
    blob_chunks,
    files,
    grants,
    facts,
    amendments,
    amendment_pieces,
    amendment_signatures,
    duties,
    calendars,
    schools,
    school_directories,
    companies,
    company_contacts,
    actions,
    action_schools,
    action_aliases,
    merged_actions,
);
