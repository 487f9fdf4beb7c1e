//! What is not taken, what the follower reads about it, and what is left of it: nothing.

use std::{
    io::Write,
    net::{Shutdown, TcpStream},
};

use futures_util::stream;

use crate::support::{Engine, World, on_both_engines};

const ANNA: &str = "oAnna000000000000000000000001";

/// A byte more than a file may have.
const TOO_MANY_BYTES: usize = (20 << 20) + 1;

async fn error_of(response: reqwest::Response) -> (u16, String) {
    let status = response.status().as_u16();
    let body: serde_json::Value = response.json().await.unwrap();
    (status, body["error"].as_str().unwrap().to_owned())
}

/// The beginning of a file that never goes on.
fn beginning_of(page: &str, host: &str) -> TcpStream {
    let mut connection = TcpStream::connect(host).unwrap();
    let head = format!("POST {page}/files?name=a.txt HTTP/1.1\r\nHost: {host}\r\nContent-Length: 1000000\r\n\r\nthe beginning");
    connection.write_all(head.as_bytes()).unwrap();
    connection
}

on_both_engines! {
    async fn a_page_that_never_was_and_one_that_has_expired_are_told_apart(engine: Engine) {
        let world = World::new(engine).await;
        world.simulator.follow(ANNA);
        let page = world.upload_page(ANNA).await;
        let unknown = format!("/f/{}", "a".repeat(32));
        let html = world.fetch(&unknown).await;
        assert_eq!(html.status(), 404);
        assert!(html.text().await.unwrap().contains("没有这个页面"));
        assert_eq!(world.fetch(&format!("{unknown}/files")).await.status(), 404);
        assert_eq!(error_of(world.hands_in(&unknown, "a.txt", "a").await).await.0, 404);
        world.execute("UPDATE upload_links SET expires_at = 1").await;
        let html = world.fetch(&page).await;
        assert_eq!(html.status(), 410);
        assert!(html.headers()["content-security-policy"].to_str().unwrap().contains("default-src 'none'"));
        assert!(html.text().await.unwrap().contains("页面已过期"));
        let (status, sentence) = error_of(world.hands_in(&page, "a.txt", "a").await).await;
        assert!(status == 410 && sentence.contains("传文件"), "{sentence}");
        // Whoever opened the page reads the follower's language, however the browser is set; a stranger reads the browser's.
        let own = reqwest::Client::new().get(format!("{}{page}", world.url)).header("accept-language", "en").send().await.unwrap();
        assert!(own.text().await.unwrap().contains("页面已过期"));
        let english = reqwest::Client::new().get(format!("{}{unknown}", world.url)).header("accept-language", "en").send().await.unwrap();
        assert!(english.text().await.unwrap().contains("No such page"));
        world.end().await;
    }

    async fn what_is_empty_too_big_or_too_much_is_not_taken(engine: Engine) {
        let world = World::new(engine).await;
        world.simulator.follow(ANNA);
        world.hears(ANNA, "/lang en").await;
        let page = world.upload_page(ANNA).await;
        assert_eq!(error_of(world.hands_in(&page, "a.txt", "").await).await, (400, "This file is empty.".to_owned()));
        let announced = world.hands_in(&page, "a.txt", vec![b'a'; TOO_MANY_BYTES]).await;
        assert_eq!(error_of(announced).await, (413, "The file is larger than 20 MB. Please split it.".to_owned()));
        // Without a length nothing is known until it has arrived.
        let pieces = stream::iter((0..=20).map(|_| Ok::<_, std::io::Error>(vec![b'a'; 1 << 20])));
        assert_eq!(error_of(world.hands_in(&page, "a.txt", reqwest::Body::wrap_stream(pieces)).await).await.0, 413);
        let (status, sentence) = error_of(world.hands_in(&page, "a.png", &b"\x89PNG\r\n\x1a\nbroken"[..]).await).await;
        assert!(status == 400 && sentence.contains("cannot be opened"), "{sentence}");
        world.execute(
            "INSERT INTO attachments (id, account, openid, kind, name, source, state, text, received_at)
             SELECT 'f' || column1, account, openid, 'file', 'f', '', 'ready', 'f', expires_at
             FROM upload_links CROSS JOIN (VALUES (1), (2), (3), (4), (5), (6), (7), (8), (9), (10), (11), (12), (13), (14), (15),
                                                  (16), (17), (18), (19)) AS numbers",
        ).await;
        assert_eq!(world.hands_in(&page, "twentieth.txt", "a").await.status(), 201);
        let (status, sentence) = error_of(world.hands_in(&page, "one-more.txt", "a").await).await;
        assert!(status == 429 && sentence.contains("reset"), "{sentence}");
        assert!(world.kept_files("arriving").is_empty());
        assert_eq!(world.is_read(&page).await.len(), 20);
        world.end().await;
    }

    async fn an_upload_that_breaks_off_leaves_nothing_behind(engine: Engine) {
        let mut world = World::new(engine).await;
        world.simulator.follow(ANNA);
        let page = world.upload_page(ANNA).await;
        let host = world.url.strip_prefix("http://").unwrap().to_owned();
        let connection = beginning_of(&page, &host);
        world.until("the beginning is on the disk", async |world: &World| !world.kept_files("arriving").is_empty()).await;
        // A follower who sends more at once than the page does is asked to wait.
        let others: Vec<TcpStream> = (0..2).map(|_| beginning_of(&page, &host)).collect();
        world.until("three files arrive", async |world: &World| world.kept_files("arriving").len() == 3).await;
        let (status, sentence) = error_of(world.hands_in(&page, "b.txt", "b").await).await;
        assert!(status == 429 && sentence.contains("过一会儿"), "{sentence}");
        for connection in others.iter().chain([&connection]) {
            connection.shutdown(Shutdown::Both).unwrap();
        }
        world.until("nothing of it is left", async |world: &World| world.kept_files("arriving").is_empty()).await;
        assert_eq!(world.count("SELECT COUNT(*) FROM attachments").await, 0);
        assert!(world.kept_files("objects").is_empty());
        // What a killed process left is taken away by the next on its seat; what another process writes now is not.
        let seat = std::fs::read_to_string(world.data_dir().join("seat")).unwrap();
        let arriving = world.data_dir().join("arriving");
        std::fs::write(arriving.join(format!("{}-1", seat.trim())), "killed").unwrap();
        std::fs::write(arriving.join("other-1"), "alive").unwrap();
        world.restart().await;
        assert_eq!(world.kept_files("arriving"), [arriving.join("other-1")]);
        world.end().await;
    }
}
