//! Conventions over HTTP: their life, who sees them, what one may do, their pieces, their import.

mod allowed;
mod imports;
mod life;
mod perimeters;
mod pieces;
mod territorial;
