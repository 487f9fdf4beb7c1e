//! The page in Chinese.

use crate::config::Limits;

use super::{Section, Text, facts::Facts};

pub(super) fn text(facts: &Facts) -> Text {
    Text {
        tag: "zh-CN",
        site: "回信",
        title: "隐私说明",
        lead: match &facts.operator {
            Some(operator) => {
                format!("本公众号由{operator}运营，用大模型回答你的提问。这里写的是：保存什么、保存多久、谁还会看到、怎样删除。")
            }
            None => "本公众号用大模型回答你的提问。这里写的是：保存什么、保存多久、谁还会看到、怎样删除。".into(),
        },
        sections: vec![
            Section { title: "保存什么，保存多久", sentences: kept(facts) },
            Section { title: "谁还会看到", sentences: shared(facts) },
            Section { title: "审核与标识", sentences: checked(facts) },
            Section { title: "用量限制", sentences: limits(&facts.limits) },
            Section { title: "怎样查看和删除", sentences: erased(facts) },
            Section { title: "联系方式", sentences: contact(facts) },
        ],
    }
}

fn kept(facts: &Facts) -> Vec<String> {
    let Facts { days_kept, days_of_page, days_after_leaving, hours_of_pushes, .. } = facts;
    let mut kept = vec![
        "你在本公众号内的编号（openid）：微信给每个公众号的编号都不同，从中看不出你的微信号、昵称和手机号。你关注期间一直保存。"
            .into(),
        format!("你的提问、模型的回答和画出的图片：最长 {days_kept} 天。"),
        format!("回答的网页：{days_of_page} 天内可以打开；网址无法猜到，但任何拿到网址的人都能看，转发前请想好。"),
        format!("你发来的图片、语音转成的文字、读过的网页，以及从中读出的文字：最长 {days_kept} 天。"),
    ];
    if facts.takes_files {
        kept.push(format!("你上传的文件和从中读出的文字：最长 {days_kept} 天。上传页面只有你能用，30 分钟后失效。"));
    }
    kept.push("你选择的语言、模型和语音开关：你关注期间一直保存。".into());
    kept.push(format!(
        "微信推送的收据（用来避免重复回答）：{hours_of_pushes} 小时。每次回答的用量（字数，不含内容）：最长 {days_kept} 天。"
    ));
    kept.push(format!("取消关注 {days_after_leaving} 天后，以上全部删除；期间重新关注则保留。"));
    kept
}

fn shared(facts: &Facts) -> Vec<String> {
    let mut shared = vec![
        "腾讯（微信）：公众号的消息都经由微信收发。".into(),
        format!(
            "{}：收到你的提问、同一次对话中之前的问答、你发来的图片，以及文件和网页中与提问有关的段落，用来生成回答。",
            facts.chat
        ),
    ];
    let others = [
        (&facts.drawing, "收到你要画的内容，用来画图。"),
        (&facts.hearing, "收到微信没有识别出来的语音，用来转成文字。"),
        (&facts.speaking, "收到要朗读的回答，用来合成语音。"),
        (&facts.moderation, "收到提问和回答的文字，用来审核内容。"),
        (&facts.storage, "存放图片和文件。"),
    ];
    shared.extend(others.into_iter().filter_map(|(host, what)| host.as_ref().map(|host| format!("{host}：{what}"))));
    shared.push("以上各处（微信除外）都收不到你的 openid 或其他能认出你的编号。".into());
    shared.push("你发来的链接由我们的服务器打开，对方网站看到的是服务器，不是你。".into());
    shared.push(format!("发到聊天里的图片和语音会先传给微信，微信保存 {} 天。", facts.days_at_wechat));
    shared
}

fn checked(facts: &Facts) -> Vec<String> {
    let mut checked = Vec::new();
    match (facts.has_words, facts.moderation.is_some()) {
        (false, false) => checked.push("除模型服务方自己的审核外，没有另外的内容审核。".into()),
        (true, false) => checked.push("提问和回答会在本服务器上与词表比对，违规的不予回答。".into()),
        (false, true) => checked.push("提问和回答会交给上面写明的审核服务，违规的不予回答。".into()),
        (true, true) => checked.push("提问和回答会与词表比对，并交给上面写明的审核服务，违规的不予回答。".into()),
    }
    if facts.has_words || facts.moderation.is_some() {
        checked
            .push(format!("审核记录只保存结论和文字的指纹，不保存文字本身（需要人工确认的除外），最长 {} 天。", facts.days_kept));
    }
    checked.push("回答、图片和语音由人工智能生成，可能有误，请核实后使用。".into());
    if let Some(filing) = &facts.filing {
        checked.push(format!("所用模型的备案号：{filing}。"));
    }
    checked
}

fn limits(limits: &Limits) -> Vec<String> {
    let rows = [
        ("每分钟提问", limits.calls_minute),
        ("每小时提问", limits.calls_hour),
        ("每天提问", limits.calls_day),
        ("每小时画图", limits.pictures_hour),
        ("每天画图", limits.pictures_day),
        ("每天字数（token）", limits.tokens_day),
    ];
    let set: Vec<String> = rows.iter().filter_map(|(what, most)| most.map(|most| format!("{what} {most}"))).collect();
    match set.as_slice() {
        [] => vec!["没有每人的用量限制。".into()],
        set => vec![format!("每人最多：{}。发送「用量」可以查看自己的。", set.join("，"))],
    }
}

fn erased(facts: &Facts) -> Vec<String> {
    let whom = match &facts.contact {
        Some(contact) => format!("想要一份自己的数据，请联系 {contact}。"),
        None => "想要一份自己的数据，请在公众号里留言给运营者。".into(),
    };
    vec![
        "在公众号里发送「删除我的数据」，再确认一次：提问、回答、图片、文件、设置和编号立即删除，并回复你一张收据。备份中的副本随备份到期而消失。".into(),
        "发送「清空」只是让模型忘掉之前的对话，不删除记录。".into(),
        whom,
    ]
}

fn contact(facts: &Facts) -> Vec<String> {
    let named = match (&facts.operator, &facts.contact) {
        (Some(operator), Some(contact)) => format!("{operator}：{contact}"),
        (Some(operator), None) => operator.clone(),
        (None, Some(contact)) => contact.clone(),
        (None, None) => "运营者没有填写联系方式，请在公众号里留言。".into(),
    };
    vec![named]
}
