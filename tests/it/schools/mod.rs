//! Schools: the directory read from its file, the list, and schools found by name.

mod reading;
