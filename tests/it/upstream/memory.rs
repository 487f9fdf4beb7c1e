//! What a question remembers: the estimate of tokens and the exchanges that fit.

use huixin::llm::chat::Role;
use huixin::llm::history::{Exchange, remember};
use huixin::llm::tokens::estimate;
use proptest::prelude::*;

fn exchange(question: &str, answer: &str) -> Exchange {
    Exchange { question: question.to_owned(), answer: answer.to_owned(), reasoning: None }
}

#[test]
fn the_newest_exchanges_are_remembered_oldest_first() {
    let past = [exchange("三", "3"), exchange("二", "2"), exchange("一", "1")];
    let turns = remember(past, 1000);
    let said: Vec<_> = turns.iter().map(|turn| (turn.role, turn.content.as_str())).collect();
    assert_eq!(
        said,
        [
            (Role::User, "一"),
            (Role::Assistant, "1"),
            (Role::User, "二"),
            (Role::Assistant, "2"),
            (Role::User, "三"),
            (Role::Assistant, "3")
        ]
    );
}

#[test]
fn nothing_older_than_what_does_not_fit_is_remembered() {
    let past = [exchange("新", "new"), exchange("长", &"很长".repeat(500)), exchange("旧", "old")];
    assert_eq!(remember(past, 100).len(), 2);
    assert!(remember([exchange("新", "new")], 0).is_empty());
}

#[test]
fn echoed_reasoning_counts() {
    let plain = exchange("问", "答");
    let thoughtful = Exchange { reasoning: Some("想".repeat(100)), ..plain.clone() };
    assert_eq!((remember([plain], 30).len(), remember([thoughtful], 30).len()), (2, 0));
}

#[test]
fn an_estimate_is_near_what_tokenizers_count() {
    // The larger of what the tokenizers of DeepSeek V4 and Qwen 3.5 count.
    for (text, counted) in [
        ("你好，我想问一下怎么给公众号的粉丝群发消息？每个月能发几次？如果发错了能不能撤回，或者修改标题？谢谢！", 32),
        (
            "先帝创业未半而中道崩殂，今天下三分，益州疲弊，此诚危急存亡之秋也。然侍卫之臣不懈于内，忠志之士忘身于外者，盖追先帝之殊遇，欲报之于陛下也。",
            64,
        ),
        ("臺灣的夏天總是又熱又濕，午後經常下起雷陣雨。巷口的冰店擠滿了人，大家一邊吃著芒果冰，一邊談論著最近的新聞。", 43),
        (
            "The quick brown fox jumps over the lazy dog. Large language models are trained on huge corpora and can answer questions, write code and translate between languages; nevertheless they sometimes make mistakes that a careful reader would notice.",
            43,
        ),
        (
            "今日はとても天気が良いので、公園まで散歩に行きました。桜の花がきれいに咲いていて、たくさんの人が写真を撮っていました。",
            39,
        ),
        ("안녕하세요. 오늘은 날씨가 정말 좋네요. 우리는 공원에 가서 산책을 하고 맛있는 음식을 먹었습니다.", 38),
        (
            "Сегодня прекрасная погода, и мы решили пойти в парк. Там было много людей, которые гуляли и фотографировали цветы.",
            37,
        ),
        ("วันนี้อากาศดีมาก เราจึงไปเดินเล่นที่สวนสาธารณะ มีคนมากมายกำลังถ่ายรูปดอกไม้", 36),
        ("Hôm nay thời tiết rất đẹp, chúng tôi quyết định đi dạo trong công viên và chụp ảnh những bông hoa.", 42),
        (
            "fn main() {\n    let mut total = 0;\n    for (index, value) in values.iter().enumerate() {\n        if value % 2 == 0 { total += index * value; }\n    }\n    println!(\"{total}\");\n}\n",
            53,
        ),
        (
            "| 名称 | 价格 | 数量 |\n| --- | --- | --- |\n| 苹果 | 5.50 | 10 |\n| 香蕉 | 3.20 | 24 |\n\n**总计**：约 131.8 元\n",
            62,
        ),
    ] {
        let ratio = estimate(text) as f64 / f64::from(counted);
        assert!((0.75..1.45).contains(&ratio), "{ratio:.2}: {text}");
    }
}

proptest! {
    #[test]
    fn an_estimate_grows_with_the_text_and_stays_within_its_bytes(head in ".{0,40}", tail in ".{0,40}") {
        let (whole, part) = (estimate(&format!("{head}{tail}")), estimate(&head));
        prop_assert!(part <= whole && whole <= part + estimate(&tail));
        prop_assert!(whole <= head.len() + tail.len());
    }

    #[test]
    fn what_is_remembered_fits_and_is_whole(lengths in prop::collection::vec((0_usize..60, 0_usize..60), 0..12), budget in 0_usize..300) {
        let past: Vec<_> = lengths.iter().map(|&(question, answer)| exchange(&"问".repeat(question), &"答".repeat(answer))).collect();
        let turns = remember(past, budget);
        prop_assert!(turns.iter().map(|turn| estimate(&turn.content)).sum::<usize>() <= budget);
        prop_assert!(turns.chunks(2).all(|pair| pair.len() == 2 && pair[0].role == Role::User && pair[1].role == Role::Assistant));
    }
}
