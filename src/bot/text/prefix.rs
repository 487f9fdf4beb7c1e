//! x
pub fn complete_prefix(_: &str) -> usize {
    0
}
pub fn remainder(_: &str, _: usize) -> String {
    String::new()
}
