//! Readers for WeChat's loose JSON: integers as strings, flags as 0 and 1, a lone object where a list belongs.
//!
//! For `#[serde(default, deserialize_with = "…")]`. They accept what has been seen on the wire and nothing wider.

use std::str::FromStr;

use serde::{Deserialize, Deserializer, de::Error};

#[derive(Deserialize)]
#[serde(untagged)]
enum Loose {
    Flag(bool),
    Integer(i64),
    Text(String),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany<T> {
    Many(Vec<T>),
    One(T),
}

/// A number, or a string of digits.
pub fn integer<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    match Loose::deserialize(deserializer)? {
        Loose::Integer(number) => Ok(number),
        Loose::Text(text) => i64::from_str(text.trim()).map_err(|_| Error::custom("not an integer")),
        Loose::Flag(_) => Err(Error::custom("a flag where an integer belongs")),
    }
}

/// An id as text, whether it came as a string or as a number; 64-bit ids do not survive a float.
pub fn identifier<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    match Loose::deserialize(deserializer)? {
        Loose::Integer(number) => Ok(number.to_string()),
        Loose::Text(text) => Ok(text),
        Loose::Flag(_) => Err(Error::custom("a flag where an id belongs")),
    }
}

/// `true`, `1`, `"1"`, `"true"`, and their opposites.
pub fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    match Loose::deserialize(deserializer)? {
        Loose::Flag(flag) => Ok(flag),
        Loose::Integer(0) => Ok(false),
        Loose::Integer(1) => Ok(true),
        Loose::Text(text) if matches!(text.as_str(), "1" | "true") => Ok(true),
        Loose::Text(text) if matches!(text.as_str(), "0" | "false" | "") => Ok(false),
        Loose::Integer(_) | Loose::Text(_) => Err(Error::custom("not a flag")),
    }
}

/// A list, a lone element, or null.
pub fn list<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    Ok(match Option::<OneOrMany<T>>::deserialize(deserializer)? {
        Some(OneOrMany::Many(elements)) => elements,
        Some(OneOrMany::One(element)) => vec![element],
        None => Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize, PartialEq, Default)]
    #[serde(default)]
    struct Answer {
        #[serde(deserialize_with = "integer")]
        errcode: i64,
        #[serde(deserialize_with = "identifier")]
        msg_id: String,
        #[serde(deserialize_with = "flag")]
        open: bool,
        #[serde(deserialize_with = "list")]
        item: Vec<String>,
    }

    #[test]
    fn loose_and_strict_spellings_are_read_alike() {
        let strict: Answer =
            serde_json::from_str(r#"{"errcode":40003,"msg_id":"9007199254740993","open":true,"item":["a"]}"#).unwrap();
        let loose: Answer = serde_json::from_str(r#"{"errcode":"40003","msg_id":9007199254740993,"open":1,"item":"a"}"#).unwrap();
        assert_eq!(strict, loose);
        assert_eq!(serde_json::from_str::<Answer>(r#"{"item":null}"#).unwrap(), Answer::default());
        assert!(serde_json::from_str::<Answer>(r#"{"open":2}"#).is_err());
        assert!(serde_json::from_str::<Answer>(r#"{"errcode":"x"}"#).is_err());
    }
}
