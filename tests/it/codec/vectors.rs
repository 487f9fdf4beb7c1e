//! Known answers for signatures and AES: Tencent's sample, its documentation, and two libraries' recordings.

use huixin::wechat::envelope::{AesKey, decrypt, encrypt, is_signature, signature};

/// One message whose encrypted form is published.
struct Vector {
    key: &'static str,
    app_id: &'static str,
    random: [u8; 16],
    message: &'static str,
    encrypted: &'static str,
}

const TENCENT_KEY: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";
const TENCENT_APP_ID: &str = "wxb11529c136998cb6";
const ZERO_KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
const DOCS_APP_ID: &str = "wxba5fad812f8e6fb9";

const SHORT_ENCRYPTED: &str = "jn1L23DB+6ELqJ+6bruv21Y6MD7KeIfP82D6gU39rmkgczbWwt5+3bnyg5K55bgVtVzd832WzZGMhkP72vVOfg==";

const VIDEO_MESSAGE: &str = "\
    <xml><ToUserName><![CDATA[oia2Tj我是中文jewbmiOUlr6X-1crbLOvLw]]></ToUserName><FromUserName><![CDATA[gh_7f083739789a]]><\
    /FromUserName><CreateTime>1407743423</CreateTime><MsgType><![CDATA[video]]></MsgType><Video><MediaId><![CDATA[eYJ1Mb\
    wPRJtOvIEabaxHs7TX2D-HV71s79GUxqdUkjm6Gs2Ed1KF3ulAOA9H1xG0]]></MediaId><Title><![CDATA[testCallBackReplyVideo]]></Ti\
    tle><Description><![CDATA[testCallBackReplyVideo]]></Description></Video></xml>";

const VIDEO_ENCRYPTED: &str = "\
    jn1L23DB+6ELqJ+6bruv23M2GmYfkv0xBh2h+XTBOKVKcgDFHle6gqcZ1cZrk3e1qjPQ1F4RsLWzQRG9udbKWesxlkupqcEcW7ZQweImX9+wLMa0GaUz\
    pkycA8+IamDBxn5loLgZpnS7fVAbExOkK5DYHBmv5tptA9tklE/fTIILHR8HLXa5nQvFb3tYPKAlHF3rtTeayNf0QuM+UW/wM9enGIDIJHF7CLHiDNAY\
    xr+r+OrJCmPQyTy8cVWlu9iSvOHPT/77bZqJucQHQ04sq7KZI27OcqpQNSto2OdHCoTccjggX5Z9Mma0nMJBU+jLKJ38YB1fBIz+vBzsYjrTmFQ44Yfe\
    EuZ+xRTQwr92vhA9OxchWVINGC50qE/6lmkwWTwGX9wtQpsJKhP+oS7rvTY8+VdzETdfakjkwQ5/Xka042OlUb1/slTwo4RscuQ+RdxSGvDahxAJ6+EA\
    jLt9d8igHngxIbf6YyqqROxuxqIeIch3CssH/LqRs+iAcILvApYZckqmA7FNERspKA5f8GoJ9sv8xmGvZ9Yrf57cExWtnX8aCMMaBropU/1k+hKP5LVd\
    zbWCG0hGwx/dQudYR/eXp3P0XxjlFiy+9DMlaFExWUZQDajPkdPrEeOwofJb";

const EVENT_MESSAGE: &str = "\
    {\"ToUserName\":\"gh_97417a04a28d\",\"FromUserName\":\"o9AgO5Kd5ggOC-bXrbNODIiE3bGY\",\"CreateTime\":1714112445,\"MsgType\":\"eve\
    nt\",\"Event\":\"debug_demo\",\"debug_str\":\"hello world\"}";

const EVENT_ENCRYPTED: &str = "\
    +qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqcvZqzDpVzazhZv6JsXUnnR8XGT\
    740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuMcp3Fn2Pede2IuQrKEYwKSqFIZoNqJ4M8EajAsjLY2km32IIjdf8Y\
    L/P50F7mStwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSeOBrebufAlr7F9mFUPAJGj04=";

const REPLY_ENCRYPTED: &str = "ELGduP2YcVatjqIS+eZbp80MNLoAUWvzzyJxgGzxZO/5sAvd070Bs6qrLARC9nVHm48Y4hyRbtzve1L32tmxSQ==";

const WECHATPY_MESSAGE: &str = "<xml><ToUserName><![CDATA[wx49f0ab532d5d035a]]></ToUserName>
<FromUserName><![CDATA[messense]]></FromUserName>
<CreateTime>1411525903</CreateTime>
<MsgType><![CDATA[text]]></MsgType>
<Content><![CDATA[test]]></Content>
<MsgId>4363689963896700987</MsgId>
<AgentID>1</AgentID>
</xml>";

const WECHATPY_ENCRYPTED: &str = "\
    RgqEoJj5A4EMYlLvWO1F86ioRjZfaex/gePD0gOXTxpsq5Yj4GNglrBb8I2BAJVODGajiFnXBu7mCPatfjsu6IHCrsTyeDXzF6Bv283dGymzxh6ydJRv\
    ZsryDyZbLTE7rhnus50qGPMfp2wASFlzEgMW9z1ef/RD8XzaFYgm7iTdaXpXaG4+BiYyolBug/gYNx410cvkKR2/nPwBiT+P4hIiOAQqGp/TywZBtDh1\
    yCF2KOd0gpiMZ5jSw3e29mTvmUHzkVQiMS6td7vXUaWOMZnYZlF3So2SjHnwh4jYFxdgpkHHqIrH/54SNdshoQgWYEvccTKe7FS709/5t6NMxuGhcUGA\
    POQipvWTT4dShyqio7mlsl5noTrb++x6En749zCpQVhDpbV6GDnTbcX2e8K9QaNWHp91eBdCRxthuL0=";

const CHANXUEHONG_MESSAGE: &str = "<xml><ToUserName><![CDATA[gh_b1eb3f8bd6c6]]></ToUserName>
<FromUserName><![CDATA[okPEat9FRX96xG8JQvTxHLpzDV64]]></FromUserName>
<CreateTime>1458889120</CreateTime>
<MsgType><![CDATA[text]]></MsgType>
<Content><![CDATA[test text message]]></Content>
<MsgId>6265881059295447969</MsgId>
</xml>";

const CHANXUEHONG_ENCRYPTED: &str = "\
    gsKjKVChgrDDifoOdfrL/MWujrKxnSR1jBopv0zEdHFQXcx5I0bf4UxIRjektLHEziRxpU5zTw0s+gYF3WOFjkIn30gzQl9XNKr2A+DCHVG05I2EcbOn\
    nAR5EYgjGLAipra5nOfCPPIRFQTZ7SdanniXX73YOiCAKJlNH21+PApcYu4rPXxJ4eTXbBLwmfnSl7iojDX1LQIcC3FYmaapMQq/u+sJGsxshp4dLXJ6\
    A5Ji3cSYAzXRVIxbNlHN1MWfdcZ0O5+ZtOU6dZiD8hJ4kkxh05EfOedWFjUy7ZhmXgrpZ4WpYPsrythXHE2Bg1Ohz8uf5h5X31yuU/3FPoa8rD21pfZn\
    AjBT1QCkn6MxtL5lR+yoQReLwElVbtB6yJFPIZ+n9Qh/yKfIasxkzgIEo0pwPEbS17WCTyvRItJtU6tlo3rawJX+fsV63tKIfmLZjyZPDlV9/ka/nA/D\
    T0KODw==";

const VECTORS: [Vector; 6] = [
    Vector {
        key: TENCENT_KEY,
        app_id: TENCENT_APP_ID,
        random: *b"aaaabbbbccccdddd",
        message: "我是中文abcd123",
        encrypted: SHORT_ENCRYPTED,
    },
    Vector {
        key: TENCENT_KEY,
        app_id: TENCENT_APP_ID,
        random: *b"aaaabbbbccccdddd",
        message: VIDEO_MESSAGE,
        encrypted: VIDEO_ENCRYPTED,
    },
    Vector {
        key: ZERO_KEY,
        app_id: DOCS_APP_ID,
        random: *b"a8eedb185eb2fecf",
        message: EVENT_MESSAGE,
        encrypted: EVENT_ENCRYPTED,
    },
    Vector {
        key: ZERO_KEY,
        app_id: DOCS_APP_ID,
        random: *b"707722b803182950",
        message: "{\"demo_resp\":\"good luck\"}",
        encrypted: REPLY_ENCRYPTED,
    },
    Vector {
        key: "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR",
        app_id: "wx49f0ab532d5d035a",
        random: *b"ec90b1530358d4d3",
        message: WECHATPY_MESSAGE,
        encrypted: WECHATPY_ENCRYPTED,
    },
    Vector {
        key: "AdiqDDDvUNCeE1ZW5XJmjf9fqNBJpGBs4vL4cHKmHBS",
        app_id: "wx45f133bf6fce646e",
        random: *b"cc9632a98304f81c",
        message: CHANXUEHONG_MESSAGE,
        encrypted: CHANXUEHONG_ENCRYPTED,
    },
];

/// A signature with the token, the time, the nonce and, where it covers one, the ciphertext.
const SIGNED: [(&str, &[&str]); 9] = [
    ("82c962d39941aa48552f90ef55aa323dc620cc10", &["pamtest", "1409304348", "xxxxxx", SHORT_ENCRYPTED]),
    ("ea88b765074e41eb8c7a75b449db34fa2fd560d5", &["pamtest", "1409304348", "xxxxxx", VIDEO_ENCRYPTED]),
    ("f464b24fc39322e44b38aa78f5edd27bd1441696", &["AAAAA", "1714036504", "1514711492"]),
    ("899cf89e464efb63f54ddac96b0a0a235f53aa78", &["AAAAA", "1714037059", "486452656"]),
    ("6c5c811b55cc85e0e1b54100749188c20beb3f5d", &["AAAAA", "1714112445", "415670741"]),
    ("046e02f8204d34f8ba5fa3b1db94908f3df2e9b3", &["AAAAA", "1714112445", "415670741", EVENT_ENCRYPTED]),
    ("1b9339964ed2e271e7c7b6ff2b0ef902fc94dea1", &["AAAAA", "1713424427", "415670741", REPLY_ENCRYPTED]),
    ("74d92dfeb87ba7c714f89d98870ae5eb62dff26d", &["123456", "1411525903", "461056294", WECHATPY_ENCRYPTED]),
    ("f9c725922f6844701ba71e98031978e40023c09f", &["token1234567890", "1458864389", "2066297436"]),
];

#[test]
fn every_published_message_is_decrypted() {
    for vector in VECTORS {
        let key = AesKey::parse(vector.key).unwrap();
        let message = decrypt(&key, vector.app_id, vector.encrypted).unwrap();
        assert_eq!(String::from_utf8(message).unwrap(), vector.message);
    }
}

#[test]
fn every_published_message_is_encrypted_to_the_same_bytes() {
    for vector in VECTORS {
        let key = AesKey::parse(vector.key).unwrap();
        assert_eq!(encrypt(&key, vector.app_id, vector.message.as_bytes(), vector.random), vector.encrypted);
    }
}

#[test]
fn every_published_signature_is_made_again_in_any_order_of_its_parts() {
    for (expected, parts) in SIGNED {
        let reversed: Vec<&str> = parts.iter().rev().copied().collect();
        assert_eq!(signature(parts), expected);
        assert!(is_signature(expected, parts) && is_signature(expected, &reversed));
    }
}

#[test]
fn a_changed_character_of_a_published_ciphertext_breaks_its_signature() {
    for (expected, parts) in SIGNED.iter().filter(|(_, parts)| parts.len() == 4) {
        let &[token, timestamp, nonce, encrypted] = *parts else { unreachable!() };
        for index in 0..encrypted.len() {
            let mut changed = encrypted.as_bytes().to_vec();
            changed[index] ^= 1;
            let changed = String::from_utf8(changed).unwrap();
            assert!(!is_signature(expected, &[token, timestamp, nonce, &changed]), "character {index}");
        }
    }
}
