//! What is handed in is read, asked about, and gone when it should be.

use image::ImageFormat;

use crate::support::{Engine, World, WorldBuilder, on_both_engines};

const ANNA: &str = "oAnna000000000000000000000001";
const BEN: &str = "oBen0000000000000000000000002";

fn red_picture() -> Vec<u8> {
    let mut out = std::io::Cursor::new(Vec::new());
    image::RgbImage::from_pixel(60, 40, image::Rgb([200, 30, 30])).write_to(&mut out, ImageFormat::WebP).unwrap();
    out.into_inner()
}

on_both_engines! {
    async fn a_file_that_is_handed_in_is_read_and_answers_the_next_question(engine: Engine) {
        let world = World::new(engine).await;
        world.simulator.follow(ANNA);
        let page = world.upload_page(ANNA).await;
        let html = world.fetch(&page).await.text().await.unwrap();
        assert!(html.contains("上传文件") && html.contains("20 MB"), "{html}");
        let taken = world.hands_in(&page, "C:\\fakepath\\合同.txt", "第七条 违约金为合同总额的百分之三十。\n".repeat(3)).await;
        assert_eq!((taken.status().as_u16(), taken.headers()["cache-control"].to_str().unwrap()), (201, "no-store, private"));
        let taken: serde_json::Value = taken.json().await.unwrap();
        let read = world.is_read(&page).await;
        assert_eq!((read.len(), read[0].name.as_str(), read[0].state.as_str()), (1, "合同.txt", "ready"), "{read:?}");
        assert_eq!(taken["id"], read[0].id.as_str());
        assert!(read[0].sentence.starts_with("读完了，共 "), "{read:?}");
        assert!(world.kept_files("arriving").is_empty());
        world.hears(ANNA, "违约金是多少？").await;
        let asked = world.simulator.asked().last().unwrap().to_string();
        assert!(asked.contains("百分之三十"), "{asked}");
        // Nobody else's question sees it, and no other page lists it.
        world.simulator.follow(BEN);
        assert!(world.handed_in(&world.upload_page(BEN).await).await.is_empty());
        // A new conversation begins without files.
        world.hears(ANNA, "清空").await;
        assert!(world.handed_in(&page).await.is_empty());
        world.end().await;
    }

    async fn a_picture_that_is_handed_in_waits_for_its_question(engine: Engine) {
        let world = WorldBuilder::new(engine).with("LLM_MODEL", "huixin-demo-vl").start().await;
        world.simulator.follow(ANNA);
        let page = world.upload_page(ANNA).await;
        assert_eq!(world.hands_in(&page, "猫.webp", red_picture()).await.status(), 201);
        let read = world.is_read(&page).await;
        assert!(read[0].state == "ready" && read[0].sentence.contains("十分钟"), "{read:?}");
        let answer = world.hears(ANNA, "这是什么颜色").await;
        assert!(answer.contains("60 × 40") && answer.contains("红色"), "{answer}");
        world.end().await;
    }

    async fn what_cannot_be_read_says_why(engine: Engine) {
        let world = World::new(engine).await;
        world.simulator.follow(ANNA);
        let page = world.upload_page(ANNA).await;
        for (name, bytes) in [("旧.doc", &b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and more"[..]), ("空.txt", b" \n "), ("坏.pdf", b"%PDF-1.7\nnothing")] {
            assert_eq!(world.hands_in(&page, name, bytes).await.status(), 201);
        }
        // A NUL is no letter of Postgres's texts.
        assert_eq!(world.hands_in(&page, "nul.txt", &b"before\0after"[..]).await.status(), 201);
        let read = world.is_read(&page).await;
        let sentence = |name: &str| read.iter().find(|file| file.name == name).map(|file| file.sentence.clone()).unwrap();
        assert!(sentence("旧.doc").contains("另存为"), "{read:?}");
        assert!(sentence("空.txt").contains("没有文字"), "{read:?}");
        assert!(!sentence("坏.pdf").starts_with("读完了"), "{read:?}");
        assert!(!read.iter().any(|file| file.state == "waiting"));
        world.execute("UPDATE attachments SET state = 'failed', failure = 'needs_eyes', text = ''").await;
        let scanned = world.handed_in(&page).await;
        assert!(scanned.iter().all(|file| file.sentence.contains("扫描件") && file.sentence.contains("截图")), "{scanned:?}");
        world.end().await;
    }

    async fn an_erased_follower_has_no_page_and_no_file(engine: Engine) {
        let world = World::new(engine).await;
        world.simulator.follow(ANNA);
        let page = world.upload_page(ANNA).await;
        world.hands_in(&page, "私.txt", "私密").await;
        world.is_read(&page).await;
        assert_eq!(world.kept_files("objects").len(), 1);
        world.hears(ANNA, "删除我的数据 确认").await;
        assert!(world.kept_files("objects").is_empty());
        assert_eq!(world.fetch(&page).await.status(), 404);
        assert_eq!(world.hands_in(&page, "又.txt", "又来").await.status(), 404);
        assert_eq!(world.count("SELECT COUNT(*) FROM attachments").await, 0);
        world.end().await;
    }
}
