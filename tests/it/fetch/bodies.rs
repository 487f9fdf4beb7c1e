//! Answers that are slow, endless, compressed, cut or of another type: each is bounded in time and bytes.

use std::time::{Duration, Instant};

use huixin::fetch::{Error, Fetched, Kind, Want};

use super::{
    PATIENCE, WANT, fetcher,
    site::{Act, Site, head, page, response},
};

/// What the kernel and the client hold between a server that floods and a reader that has left.
const IN_FLIGHT: usize = 16 << 20;

async fn fetched(answer: Vec<Act>, want: Want) -> (Result<Fetched, Error>, Site) {
    let site = Site::start([("/", answer)]).await;
    let start = Instant::now();
    let outcome = fetcher(&[&site.place]).get(&site.url("/"), want).await;
    assert!(start.elapsed() < PATIENCE, "it took {:?}", start.elapsed());
    (outcome, site)
}

async fn error(answer: Vec<Act>) -> Error {
    fetched(answer, WANT).await.0.unwrap_err()
}

#[tokio::test]
async fn one_time_limit_holds_for_everything() {
    let want = Want { timeout: Duration::from_millis(300), ..WANT };
    let answers = [
        vec![Act::Hang],
        vec![Act::Drip(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 1\r\n\r\nx".to_vec())],
        vec![Act::Send(b"HTTP/1.1 200 OK\r\nX-Slow: ".to_vec()), Act::Drip(vec![b'x'; 10_000])],
        vec![head(""), Act::Hang],
        vec![head(""), Act::Drip(vec![b'x'; 10_000])],
        vec![head("Transfer-Encoding: chunked\r\n"), Act::Drip(b"1\r\nx\r\n".repeat(1000))],
    ];
    for answer in answers {
        assert_eq!(fetched(answer, want).await.0.unwrap_err(), Error::Deadline);
    }
}

#[tokio::test]
async fn a_body_is_read_no_further_than_it_is_wanted() {
    let chunked = |chunk: &[u8]| [format!("{:x}\r\n", chunk.len()).as_bytes(), chunk, b"\r\n"].concat();
    let floods = [
        vec![head(""), Act::Flood(vec![b'a'; 64 << 10])],
        vec![head("Transfer-Encoding: chunked\r\n"), Act::Flood(chunked(&[b'a'; 64 << 10]))],
        vec![head("Transfer-Encoding: chunked\r\n"), Act::Flood(chunked(b"a"))],
    ];
    for flood in floods {
        let want = Want { max_bytes: 64 << 10, ..WANT };
        let (outcome, site) = fetched(flood, want).await;
        assert_eq!(outcome.unwrap_err(), Error::TooLarge { max_bytes: want.max_bytes });
        assert!(site.sent() < IN_FLIGHT, "{} bytes were taken", site.sent());
    }
}

#[tokio::test]
async fn a_body_that_announces_too_much_is_not_begun() {
    let answer = vec![head("Content-Length: 52428800\r\n"), Act::Hang];
    assert_eq!(error(answer).await, Error::TooLarge { max_bytes: WANT.max_bytes });
    let exact = page(vec![b'a'; WANT.max_bytes]);
    assert_eq!(fetched(exact, WANT).await.0.unwrap().bytes.len(), WANT.max_bytes);
}

#[tokio::test]
async fn a_compressed_body_is_not_inflated() {
    // It would become ten megabytes.
    let bomb = [b"\x1f\x8b\x08\0\0\0\0\0\0\xff".as_slice(), &[0xff; 10_000]].concat();
    for encoding in ["gzip", "br", "deflate", "zstd", "GZIP", "gzip, gzip"] {
        let answer = response("200 OK", &format!("Content-Type: text/html\r\nContent-Encoding: {encoding}\r\n"), &bomb);
        assert_eq!(error(answer).await, Error::Encoding { found: encoding.to_owned() });
    }
    let (outcome, _) =
        fetched(response("200 OK", "Content-Type: text/html\r\nContent-Encoding: identity\r\n", "as it is"), WANT).await;
    assert_eq!(outcome.unwrap().bytes, b"as it is");
    // Compressed without a word of it: what it is shows in its bytes.
    assert!(matches!(error(page(&bomb)).await, Error::Type { .. }));
}

#[tokio::test]
async fn a_length_that_is_wrong_is_noticed_or_kept() {
    let short = vec![head("Content-Length: 100\r\n"), Act::Send(b"cut".to_vec())];
    assert!(matches!(error(short).await, Error::Broken { .. }));
    let chunk = vec![head("Transfer-Encoding: chunked\r\n"), Act::Send(b"5\r\nhel".to_vec())];
    assert!(matches!(error(chunk).await, Error::Broken { .. }));
    let long = vec![head("Content-Length: 5\r\n"), Act::Send(b"hello, and more".to_vec())];
    assert_eq!(fetched(long, WANT).await.0.unwrap().bytes, b"hello");
    for length in ["-1", "x", "99999999999999999999999", "1\r\nContent-Length: 2"] {
        let answer = vec![head(&format!("Content-Length: {length}\r\n")), Act::Send(b"hello".to_vec())];
        assert!(matches!(error(answer).await, Error::Unreachable { .. }), "{length}");
    }
}

#[tokio::test]
async fn a_head_without_end_is_given_up() {
    let begin = || Act::Send(b"HTTP/1.1 200 OK\r\n".to_vec());
    let floods = [
        vec![begin(), Act::Flood(b"X-More: of the same\r\n".to_vec())],
        vec![begin(), Act::Send(b"X-Long: ".to_vec()), Act::Flood(vec![b'x'; 8 << 10])],
        vec![Act::Flood(b"HTTP/1.1 100 Continue\r\n\r\n".to_vec())],
        vec![Act::Flood(b"\0".to_vec())],
        vec![Act::Flood(b"220 mail.example.com ESMTP\r\n".to_vec())],
    ];
    for (number, flood) in floods.into_iter().enumerate() {
        let (outcome, site) = fetched(flood, Want { timeout: Duration::from_secs(2), ..WANT }).await;
        let error = outcome.unwrap_err();
        assert!(matches!(error, Error::Unreachable { .. } | Error::Deadline), "{number}: {error:?}");
        assert!(number == 2 || site.sent() < IN_FLIGHT, "{number}: {} bytes were taken", site.sent());
    }
}

#[tokio::test]
async fn a_type_is_believed_when_header_and_bytes_agree() {
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
    let answer = |content_type: &str, body: &[u8]| response("200 OK", &format!("Content-Type: {content_type}\r\n"), body);
    for (content_type, body) in
        [("video/mp4", b"\0\0\0 ftypisom".as_slice()), ("text/html", png), ("application/octet-stream", b"\x7fELF\x02\x01\0")]
    {
        assert!(matches!(error(answer(content_type, body)).await, Error::Type { .. }), "{content_type}");
    }
    let want = Want { types: &[Kind::Picture], ..WANT };
    for (content_type, body) in [
        ("image/png", b"<script>alert(1)</script>".as_slice()),
        ("text/html", png),
        ("image/svg+xml", b"<svg/>"),
        ("image/png", b""),
    ] {
        assert!(matches!(fetched(answer(content_type, body), want).await.0, Err(Error::Type { .. })), "{content_type}");
    }
    let picture = fetched(answer("image/jpeg", png), want).await.0.unwrap();
    assert_eq!((picture.kind, picture.content_type.as_str()), (Kind::Picture, "image/png"));
}

#[tokio::test]
async fn a_closed_door_is_told_from_a_slow_one() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let place = listener.local_addr().unwrap().to_string();
    drop(listener);
    let error = fetcher(&[&place]).get(&format!("http://{place}/secret?token=1"), WANT).await.unwrap_err();
    assert!(matches!(&error, Error::Unreachable { reason } if !reason.contains("token")), "{error:?}");
    // Without a certificate there is no connection, whatever the server says.
    let site = Site::start([("/", page("x"))]).await;
    let error = fetcher(&[&site.place]).get(&site.url("/").replace("http:", "https:"), WANT).await.unwrap_err();
    assert!(matches!(error, Error::Unreachable { .. } | Error::Deadline), "{error:?}");
}
