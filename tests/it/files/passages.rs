//! The passages of a document that a question needs.

use std::time::Instant;

use huixin::extract::passages::{best, split};

/// A handbook of sixty pages, with one that is about refunds.
fn handbook() -> String {
    let page = |number: usize| {
        let topic = if number == 40 {
            "退款在收到申请后七个工作日内原路退回，运费由卖家承担。"
        } else {
            "本页说明一般的流程和注意事项，没有别的内容。"
        };
        format!("[p. {number}]\n# 第{number}节\n\n{topic}{}\n", "这里是一段普通的说明文字，讲流程。".repeat(20))
    };
    (1..=60).map(page).collect()
}

#[test]
fn the_page_that_answers_is_found() {
    let text = handbook();
    let passages = best("退款几天到账？运费谁出？", &[&text], 1_500);
    assert!(
        passages
            .iter()
            .any(|passage| passage.page == Some(40) && passage.heading == Some("第40节") && passage.text.contains("七个工作日"))
    );
    let chars: usize = passages.iter().map(|passage| passage.text.chars().count()).sum();
    assert!(chars <= 1_500);
}

#[test]
fn english_words_are_found_in_any_case_and_number() {
    let filler = "Nothing of interest stands here, only some words. ".repeat(40);
    let text = format!("{filler}\n\nThe Contracts end in MARCH.\n\n{filler}");
    let passages = best("when does the contract end, march?", &[&text], 1_000);
    assert!(passages.iter().any(|passage| passage.text.contains("MARCH")));
}

#[test]
fn a_general_question_begins_at_the_beginning_and_reaches_the_end() {
    let text = handbook();
    for question in ["帮我总结一下这个文件", "zzz qqq"] {
        let passages = best(question, &[&text], 6_000);
        assert_eq!(passages.first().and_then(|passage| passage.page), Some(1));
        assert!(passages.last().and_then(|passage| passage.page) > Some(45));
        assert!(passages.is_sorted_by_key(|passage| passage.page));
    }
}

#[test]
fn each_of_several_documents_is_begun() {
    let (one, other) = (handbook(), handbook().replace("退款", "保修"));
    let passages = best("总结", &[&one, &other], 8_000);
    for document in [0, 1] {
        assert_eq!(passages.iter().find(|passage| passage.document == document).and_then(|passage| passage.page), Some(1));
    }
    let passages = best("保修几天", &[&one, &other], 1_000);
    assert!(passages.iter().any(|passage| passage.document == 1 && passage.page == Some(40)));
}

#[test]
fn a_short_text_is_given_whole() {
    let text = "# 题\n\n一。\n\n二。";
    let passages = best("三", &[text], 1_000);
    assert_eq!(passages.iter().map(|passage| passage.text).collect::<Vec<_>>(), ["# 题\n\n一。\n\n二。"]);
    assert!(best("三", &[""], 1_000).is_empty() && best("", &[], 10).is_empty());
}

#[test]
fn two_million_characters_are_searched_at_once() {
    let text = "公众号把读者的问题交给模型 and sends the answer back，然后等下一个。\n".repeat(46_000);
    let started = Instant::now();
    let first = best("模型怎样回答 the reader's question", &[&text], 6_000);
    // Unoptimised code takes twenty times as long; what matters is that nothing is quadratic.
    assert!(started.elapsed().as_secs() < 10, "{:?}", started.elapsed());
    assert_eq!(first, best("模型怎样回答 the reader's question", &[&text], 6_000));
    assert!(split(0, &text).len() > 2_000);
}
