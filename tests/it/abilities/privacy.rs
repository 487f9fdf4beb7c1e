//! The right to be forgotten: asked, confirmed, done in every table and in the object storage, for this follower alone.

use std::path::Path;

use huixin::db::Db;

use super::{ANNA, BEN, media, receives_media, settled, world_of};
use crate::support::{
    Engine, World, on_both_engines,
    world::{UNVERIFIED, VERIFIED},
};

/// Stands in everything that Anna says.
const MARK: &str = "玛瑙";

/// Every text of every table, with its place.
async fn stored(world: &World) -> Vec<(String, String)> {
    let columns = match &world.db {
        Db::Pg(_) => {
            "SELECT table_name || '.' || column_name FROM information_schema.columns
             WHERE table_schema = 'public' AND data_type IN ('text', 'character varying')"
        }
        Db::Lite(_) => {
            "SELECT tables.name || '.' || columns.name FROM sqlite_master AS tables JOIN pragma_table_info(tables.name) AS columns
             WHERE tables.type = 'table' AND columns.type = 'TEXT'"
        }
    };
    let mut stored = Vec::new();
    for column in world.texts(columns.to_owned()).await {
        let (table, name) = column.split_once('.').unwrap();
        for value in world.texts(format!("SELECT {name} FROM {table} WHERE {name} IS NOT NULL")).await {
            stored.push((column.clone(), value));
        }
    }
    assert!(stored.len() > 10);
    stored
}

/// The files in the object storage.
fn objects(world: &World) -> usize {
    fn count(folder: &Path) -> usize {
        let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
        entries.map(|entry| entry.unwrap().path()).map(|path| if path.is_dir() { count(&path) } else { 1 }).sum()
    }
    count(&Path::new(world.values.of("DATA_DIR").unwrap()).join("objects"))
}

/// A conversation that leaves something in every table.
async fn lives(world: &World, openid: &str, mark: &str) {
    let before = media(world, openid).len();
    world.hears(openid, &format!("你好，{mark}")).await;
    world.says(openid, &format!("画一只{mark}色的猫")).await;
    receives_media(world, openid, before + 1).await;
    world.hears(openid, "/voice on").await;
    world.hears(openid, "/file").await;
    world.hears(openid, &format!("违规 {mark}")).await;
    world.hears(openid, &format!("看看 http://localhost/{mark}")).await;
    world.reads_on(openid).await;
}

on_both_engines! {
    async fn nothing_of_a_follower_is_left_and_nothing_of_another_is_touched(engine: Engine) {
        let words = tempfile::TempDir::new().unwrap();
        std::fs::write(words.path().join("words.txt"), "[hold]\n违规\n").unwrap();
        let world = world_of(engine, VERIFIED)
            .with("IMAGE_MODEL", "huixin-draw")
            .with("AUDIO_SPEAKING_MODEL", "huixin-speak")
            .with("MODERATION_WORDS", words.path().join("words.txt").display().to_string())
            .start()
            .await;
        for openid in [ANNA, BEN] {
            world.simulator.follow(openid);
        }
        lives(&world, ANNA, MARK).await;
        lives(&world, BEN, "琥珀").await;
        world.is_quiet().await;
        let before = stored(&world).await;
        let about_ben = |rows: &[(String, String)]| {
            let mut rows: Vec<_> = rows.iter().filter(|(_, value)| value.contains(BEN) || value.contains("琥珀")).cloned().collect();
            rows.sort();
            rows
        };
        assert!(before.iter().filter(|(_, value)| value.contains(MARK)).count() > 5);
        let (all, questions) = (objects(&world), world.count_of("SELECT COUNT(*) FROM questions WHERE openid = $1", ANNA).await);
        assert!(world.hears(ANNA, "删除我的数据").await.contains("确定的话"));
        assert!(stored(&world).await.iter().any(|(_, value)| value.contains(MARK)), "asking erases nothing");
        let receipt = world.hears(ANNA, "删除我的数据 确认").await;
        assert!(receipt.contains("已删除") && receipt.contains(&format!("{questions} 个提问")), "{receipt}");
        let after = stored(&world).await;
        let left: Vec<_> = after.iter().filter(|(_, value)| value.contains(MARK)).collect();
        assert!(left.is_empty(), "{left:?}");
        // The push that brought the wish is known, so that its repetition is harmless; nothing else is.
        let mut known: Vec<&str> = after.iter().filter(|(_, value)| value.contains(ANNA)).map(|(place, _)| place.as_str()).collect();
        known.sort_unstable();
        assert_eq!(known, ["followers.openid", "inbound.openid"]);
        assert_eq!(about_ben(&after), about_ben(&before));
        assert!(objects(&world) < all && objects(&world) > 0, "{} of {all} objects are left", objects(&world));
        assert!(world.hears(ANNA, "上一个").await.contains("还没有可以重看的回答"));
        world.end().await;
    }

    async fn a_repeated_delivery_of_the_wish_gets_the_same_receipt(engine: Engine) {
        let world = world_of(engine, UNVERIFIED).start().await;
        world.simulator.follow(ANNA);
        for question in ["甲", "乙"] {
            world.hears(ANNA, question).await;
        }
        world.simulator.switch(|switches| switches.push_faults.repeat_after_secs = Some(1.0));
        let receipt = world.hears(ANNA, "/delete-my-data confirm").await;
        assert!(receipt.contains("2 个提问"), "{receipt}");
        let repeated = async |world: &World| {
            let mine = world.simulator.exchanges();
            mine.iter().filter(|exchange| exchange.message.contains("confirm") && exchange.reply_message.is_some()).count() == 2
        };
        world.until("the push is repeated", repeated).await;
        let exchanges = world.simulator.exchanges();
        let replies = exchanges.iter().filter(|exchange| exchange.message.contains("confirm"));
        for reply in replies {
            let text = reply.reply_message.as_deref().unwrap_or_default();
            assert!(text.contains("2 个提问"), "{text}");
        }
        assert_eq!(world.count("SELECT COUNT(*) FROM questions").await, 0);
        world.end().await;
    }

    async fn an_answer_that_is_being_written_is_not_kept_after_all(engine: Engine) {
        let world = world_of(engine, VERIFIED).start().await;
        world.simulator.follow(ANNA);
        world.says(ANNA, &format!("slow 12 {MARK}")).await;
        assert!(world.hears(ANNA, "删除我的数据 确认").await.contains("已删除"));
        world.says(ANNA, "你好").await;
        settled(&world, 1).await;
        tokio::time::sleep(std::time::Duration::from_millis(2600)).await;
        assert!(stored(&world).await.iter().all(|(_, value)| !value.contains(MARK)));
        assert!(world.received(ANNA).iter().all(|text| !text.contains(MARK)), "{:?}", world.received(ANNA));
        world.end().await;
    }
}
