//! What opening one message costs on one core: signature, AES and XML, without HTTP and without a database.

#![expect(clippy::print_stdout, reason = "a measurement is printed")]

use std::{hint::black_box, time::Instant};

use anyhow::{Context, ensure};
use huixin::wechat::{
    envelope::{AesKey, decrypt, encrypt, is_signature, random_prefix, signature},
    incoming::{self, Body},
    reply::{self, Address, Reply, Seal},
};

const APP_ID: &str = "wx0123456789abcdef";
const TOKEN: &str = "benchtoken";
const KEY: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";

/// Messages in one round, and rounds; the fastest round is the one that nobody disturbed.
const MESSAGES: u32 = 20_000;
const ROUNDS: usize = 7;

fn main() -> anyhow::Result<()> {
    let key = AesKey::parse(KEY)?;
    let message = format!(
        "<xml><ToUserName><![CDATA[gh_0123456789ab]]></ToUserName><FromUserName><![CDATA[oABCDEFGHIJKLMNOPQRSTUVWXYZ01]]></FromUserName>\
         <CreateTime>1764000000</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{}]]></Content>\
         <MsgId>24000000000000000</MsgId></xml>",
        "为什么天空是蓝色的？".repeat(25),
    );
    println!("one message of {} bytes", message.len());
    let sealed = encrypt(&key, APP_ID, message.as_bytes(), random_prefix());
    let signature = signature(&[TOKEN, "1764000000", "1000000001", &sealed]);
    let body = format!("<xml><ToUserName><![CDATA[gh_0123456789ab]]></ToUserName><Encrypt><![CDATA[{sealed}]]></Encrypt></xml>");
    report("verify, decrypt and parse", || {
        let Body::Encrypted(sealed) = incoming::body(black_box(body.as_bytes()))? else { return Ok(()) };
        ensure!(is_signature(&signature, &[TOKEN, "1764000000", "1000000001", &sealed]), "the signature is wrong");
        let plain = decrypt(&key, APP_ID, &sealed)?;
        black_box(incoming::parse(&plain)?);
        Ok(())
    })?;
    report("  of it: the outer document", || keep(incoming::body(black_box(body.as_bytes()))?))?;
    report("  of it: the signature", || {
        black_box(is_signature(&signature, &[TOKEN, "1764000000", "1000000001", black_box(&sealed)]));
        Ok(())
    })?;
    report("  of it: base64 and AES", || keep(decrypt(&key, APP_ID, black_box(&sealed))?))?;
    report("  of it: the message", || keep(incoming::parse(black_box(message.as_bytes()))?))?;
    let reply = Reply::Text { content: "天空之所以是蓝色的。".repeat(25) };
    report("write and seal a reply as long", || {
        let address =
            Address { openid: "oABCDEFGHIJKLMNOPQRSTUVWXYZ01", to_user_name: "gh_0123456789ab", create_time: 1_764_000_000 };
        let xml = black_box(&reply).to_xml(address);
        black_box(reply::seal(&xml, Seal { key: &key, app_id: APP_ID, token: TOKEN, timestamp: 1_764_000_000, nonce: "1" }));
        Ok(())
    })
}

/// Makes the compiler believe that `made` is needed.
#[expect(clippy::unnecessary_wraps, reason = "it ends the closures that `report` measures")]
fn keep<T>(made: T) -> anyhow::Result<()> {
    drop(black_box(made));
    Ok(())
}

fn report(what: &str, mut work: impl FnMut() -> anyhow::Result<()>) -> anyhow::Result<()> {
    let mut rounds = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        let started = Instant::now();
        for _ in 0..MESSAGES {
            work()?;
        }
        rounds.push(started.elapsed() / MESSAGES);
    }
    let fastest = rounds.iter().min().context("no round")?;
    println!("{what:<32} {:>7.2} µs", fastest.as_secs_f64() * 1_000_000.0);
    Ok(())
}
