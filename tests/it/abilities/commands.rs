//! Commands: every word of every language, slips, and what each configuration offers.

use huixin::{bot::command::Command, config::Language};

use super::{ANNA, chats, world_of};
use crate::support::{
    Engine,
    chat::bare,
    on_both_engines,
    world::{UNVERIFIED, VERIFIED},
};

/// The words that the help lists.
fn listed(help: &str) -> Vec<String> {
    help.lines().filter_map(|line| line.strip_prefix("• ")?.split('：').next().map(str::to_owned)).collect()
}

on_both_engines! {
    async fn every_word_of_every_command_is_obeyed_and_asks_no_model(engine: Engine) {
        let world = world_of(engine, UNVERIFIED).with("PUBLIC_URL", "https://huixin.test").start().await;
        world.simulator.follow(ANNA);
        for command in Command::all() {
            for language in [Language::Chinese, Language::English] {
                let spoken = command.word(language);
                let typed = [spoken.to_owned(), spoken.to_uppercase(), spoken.replace('/', "／"), format!("　{spoken}。")];
                for typed in typed {
                    let text = world.hears(ANNA, &typed).await;
                    assert!(!text.contains("没有这个指令") && !text.contains("你问的是"), "{typed}: {text}");
                }
            }
        }
        assert!(chats(&world).is_empty());
        world.end().await;
    }

    async fn a_slip_gets_a_suggestion_and_asks_no_model(engine: Engine) {
        let world = world_of(engine, UNVERIFIED).start().await;
        world.simulator.follow(ANNA);
        for (slip, meant) in [("/hlep", "帮助"), ("/modle 2", "模型"), ("／resett", "清空"), ("/vioce on", "语音"), ("/langg", "语言")] {
            let text = world.hears(ANNA, slip).await;
            assert!(text.contains("没有这个指令") && text.contains(&format!("「{meant}」")), "{slip}: {text}");
        }
        assert!(chats(&world).is_empty());
        let text = world.hears(ANNA, "/usr/bin/env 是什么").await;
        assert!(text.contains("你问的是"), "{text}");
        world.end().await;
    }

    async fn the_help_lists_exactly_what_works(engine: Engine) {
        let world = world_of(engine, UNVERIFIED).start().await;
        world.simulator.follow(ANNA);
        let bare_help = listed(&world.hears(ANNA, "帮助").await);
        for absent in [Command::Draw, Command::Voice] {
            assert!(!bare_help.contains(&absent.word(Language::Chinese).to_owned()), "{bare_help:?}");
        }
        world.end().await;
        let world = world_of(engine, UNVERIFIED)
            .with("IMAGE_MODEL", "huixin-draw")
            .with("AUDIO_SPEAKING_MODEL", "huixin-speak")
            .start()
            .await;
        world.simulator.follow(ANNA);
        let whole = listed(&world.hears(ANNA, "帮助").await);
        let words: Vec<String> = Command::all().map(|command| command.word(Language::Chinese).to_owned()).collect();
        assert_eq!(whole, words);
        assert_eq!(bare_help.len(), whole.len() - 2);
        world.end().await;
    }

    async fn the_last_answer_is_read_again_from_its_beginning(engine: Engine) {
        for account in [UNVERIFIED, VERIFIED] {
            let world = world_of(engine, account).start().await;
            world.simulator.follow(ANNA);
            world.says(ANNA, "long 讲个故事").await;
            world.reads_on(ANNA).await;
            let once = bare(&world.received(ANNA).join(""));
            let before = world.received(ANNA).len();
            world.says(ANNA, "上一个").await;
            world.is_quiet().await;
            world.reads_on(ANNA).await;
            let twice = bare(&world.received(ANNA)[before..].join(""));
            let words = |text: &str| text.replace("（还在写……）", "");
            assert!(words(&twice).contains("第1段"), "{twice}");
            let (first, again) = (words(&once).matches("回信").count(), words(&twice).matches("回信").count());
            assert_eq!(first, again, "all parts come again\n{once}\n\n{twice}");
            assert_eq!(world.asked("讲个故事"), 1);
            world.end().await;
        }
    }

    async fn the_language_of_its_sentences_is_chosen_and_lasts(engine: Engine) {
        let mut world = world_of(engine, UNVERIFIED).start().await;
        world.simulator.follow(ANNA);
        assert!(world.hears(ANNA, "/lang en").await.contains("English"));
        world.restart().await;
        let help = world.hears(ANNA, "help").await;
        assert!(help.contains("You can also send") && !help.contains("还可以回复"), "{help}");
        assert!(world.hears(ANNA, "/hlep").await.contains("Did you mean “help”"));
        assert!(world.hears(ANNA, "/usage").await.contains("What you have used"));
        assert!(world.hears(ANNA, "/lang 中文").await.contains("以后我说中文"));
        assert!(world.hears(ANNA, "/lang fr").await.contains("语言 英文"));
        world.end().await;
    }

    async fn what_was_used_is_told(engine: Engine) {
        let world = world_of(engine, UNVERIFIED).with("LIMIT_CALLS_PER_DAY", "7").start().await;
        world.simulator.follow(ANNA);
        for question in ["你好", "再见"] {
            world.hears(ANNA, question).await;
        }
        let text = world.hears(ANNA, "用量").await;
        assert!(text.contains("一天内的提问：2 / 7") && text.contains("一小时内的画图：0"), "{text}");
        let tokens = text.lines().find(|line| line.contains("token")).unwrap();
        assert!(!tokens.contains("：0") && tokens.contains("不限"), "{tokens}");
        world.end().await;
    }
}
