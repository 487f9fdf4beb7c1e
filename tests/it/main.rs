//! Every test of the running product, in one binary: tests speak through the public door.
mod upstream;
