//! Whether a sentence asks for a picture: 画一只猫 does, 画蛇添足是什么意思 does not.

/// Beginnings that always ask for a picture; what follows is the prompt.
const SURE: &[&str] = &[
    "画一张",
    "画一幅",
    "画一个",
    "画一只",
    "画一位",
    "画一座",
    "画一棵",
    "画一条",
    "画一辆",
    "画张",
    "画幅",
    "画个",
    "画只",
    "生成图片",
    "生成一张图片",
    "生成一张图",
    "生成一幅",
    "生成一张",
    "帮我画",
    "请画",
    "给我画",
];

/// Measures that belong to the prompt rather than to the wish.
const MEASURED: &[&str] = &["画一个", "画一只", "画一位", "画一座", "画一棵", "画一条", "画一辆", "画个", "画只"];

/// Words that begin with 画 and are about something else.
const OTHER: &[&str] = &[
    "画蛇添足",
    "画龙点睛",
    "画饼",
    "画面",
    "画家",
    "画质",
    "画像",
    "画展",
    "画册",
    "画报",
    "画廊",
    "画风",
    "画布",
    "画外",
    "画地为牢",
    "画虎",
    "画皮",
    "画室",
    "画师",
    "画作",
    "画法",
    "画押",
    "画图软件",
    "画画",
];

/// What a question ends with.
const ASKING: &[&str] = &["?", "？", "吗", "呢", "什么", "怎么办", "怎么画", "意思", "为什么", "如何"];

/// A prompt longer than this is a text that happens to begin with 画.
const MAX_LETTERS: usize = 400;

/// The prompt in `text`, if it asks for a picture.
pub(super) fn prompt(text: &str) -> Option<&str> {
    if text.chars().count() > MAX_LETTERS || ASKING.iter().any(|end| text.trim_end_matches(['。', '！', '!']).ends_with(end)) {
        return None;
    }
    if let Some(beginning) = SURE.iter().filter(|beginning| text.starts_with(**beginning)).max_by_key(|beginning| beginning.len())
    {
        let rest = text[beginning.len()..].trim_start_matches(['：', ':', '，', ',', ' ', '的']);
        let keeps_measure = MEASURED.contains(beginning);
        let prompt = if keeps_measure { text.trim_start_matches('画') } else { rest };
        return (!rest.trim().is_empty()).then_some(prompt);
    }
    let rest = text.strip_prefix('画')?;
    let is_other = OTHER.iter().any(|word| text.starts_with(word));
    (!is_other && rest.chars().count() >= 2).then(|| rest.trim_start_matches(['：', ':', ' ']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wishes_for_pictures_are_heard() {
        for (text, wanted) in [
            ("画一只猫", "一只猫"),
            ("画一张雪山日出", "雪山日出"),
            ("画：雪山", "雪山"),
            ("画水墨荷花", "水墨荷花"),
            ("生成图片 赛博朋克城市", "赛博朋克城市"),
            ("帮我画一座桥", "一座桥"),
        ] {
            assert_eq!(prompt(text), Some(wanted), "{text}");
        }
    }

    #[test]
    fn questions_about_painting_are_questions() {
        for text in [
            "画蛇添足是什么意思",
            "画家梵高的生平",
            "画一只猫要多久？",
            "画",
            "画一张",
            "画面太暗怎么办",
            "今天画什么好呢",
            "油画怎么画",
        ] {
            assert_eq!(prompt(text), None, "{text}");
        }
    }
}
