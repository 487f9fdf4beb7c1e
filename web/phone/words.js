// The words of the page, in its two languages, and the forms behind the "+".

export const NAMES = { zh: ["小林", "安妮", "老周", "阿木", "小满", "老宋"], en: ["Lin", "Annie", "Zhou", "Mu", "Mandy", "Song"] };
export const HUES = [205, 350, 35, 265, 165, 15];
export const HINTS = {
  zh: ["你是谁", "慢7 你好", "/draw 清晨的山", "/voice on", "表格", "long 介绍一下", "思考 怎么开通", "die 你好"],
  en: ["who are you", "slow 7 hello", "/draw a mountain at dawn", "/voice on", "table please", "long tell me more", "think how do I connect", "die hello"],
};
/** The account's menu: what is shown and the key that a tap sends. */
export const MENU = [["/help", "帮助", "Help"], ["/draw", "画图", "Draw"], ["/file", "传文件", "Files"], ["/models", "模型", "Models"]];
/** What an account may: the words, and whether only a verified one or a test account may. */
export const RIGHTS = [
  ["被动回复：5 秒内回一条，超时再送两次", "Passive reply: one within 5 s, delivered twice more", false],
  ["上传和下载临时素材：图片、语音", "Temporary media up and down: pictures, voice", false],
  ["客服消息：读者来信后 48 小时内 5 条；点菜单、关注后 1 分钟内 3 条", "Customer messages: 5 within 48 hours of a message; 3 within a minute of a menu tap or follow", true],
  ["「对方正在输入」", "The typing sign", true],
  ["JS-SDK 票据、高清语音", "The JS-SDK's ticket, fine voice", true],
];
export const WORDS = {
  zh: {
    typing: "对方正在输入…", left: (n) => `还可推送 ${n} 条`, gone: "未关注", passive: (n) => `被动回复 · 第 ${n} 次投递`,
    customer: "客服消息", notice: "平台提示", follow: "关注", unfollow: "取消关注", noWebhook: "还没有填服务器地址，消息不会发给任何人。到「开关」里填写。",
    nothing: "还没有记录", query: "查询参数", message: "消息（明文）", sent: "请求体（原样）", reply: "回复（原样）", replyMessage: "回复（解密后）",
    body: "请求", answer: "返回", request: "请求", copy: "复制", copied: "已复制", sec: "秒", passed: "校验通过", delivery: (n) => `第 ${n} 次`,
    open: "等待中", replied: "已回复", acknowledged: "success", timed_out: "超时", refused: "非 200", unreachable: "连不上", malformed: "格式错误", too_long: "超长", no_medium: "素材无效", remove: "删除",
    may: "可以", mayNot: "没有权限", personal: "个人号不能认证；要推送，换成测试号试试。", silent: "（听不出文字）", play: (n, words) => `语音 ${n} 秒${words ? "，点按看文字" : ""}`,
    picture: "图片", video: "视频", music: "音乐", samples: "示例图", add: "读者", lost: "与模拟器的连接断开了，正在重连…",
  },
  en: {
    typing: "typing…", left: (n) => `${n} pushes left`, gone: "not following", passive: (n) => `passive reply · delivery ${n}`,
    customer: "customer message", notice: "platform notice", follow: "Follow", unfollow: "Unfollow", noWebhook: "No webhook address is set, so messages reach nobody. Set it under Switches.",
    nothing: "Nothing yet", query: "Query", message: "Message (clear)", sent: "Body as sent", reply: "Reply as received", replyMessage: "Reply (decrypted)",
    body: "Request", answer: "Answer", request: "Request", copy: "copy", copied: "copied", sec: "s", passed: "verified", delivery: (n) => `#${n}`,
    open: "waiting", replied: "replied", acknowledged: "success", timed_out: "timed out", refused: "not 200", unreachable: "unreachable", malformed: "malformed", too_long: "too long", no_medium: "no such medium", remove: "remove",
    may: "may", mayNot: "may not", personal: "A personal account cannot be verified; to push, make it a test account.", silent: "(no words to be heard)", play: (n, words) => `voice, ${n} seconds${words ? ", tap for its words" : ""}`,
    picture: "picture", video: "video", music: "music", samples: "Samples", add: "Follower", lost: "The connection to the simulator broke; reconnecting…",
  },
};
export const FORMS = {
  voice: { zh: "语音", en: "Voice", fields: [["words", "说的话", "What is said", "今天天气怎么样", "long"],
    ["recognition", "语音识别", "Speech recognition", "on", [["on", "开：文字一起推送", "on: the words come along"], ["off", "关：只有录音", "off: the recording alone"]]],
    ["format", "格式", "Format", "amr", [["amr", "amr", "amr"], ["speex", "speex", "speex"]]]] },
  location: { zh: "位置", en: "Location", fields: [["label", "地名", "Label", "北京市东城区"], ["latitude", "纬度", "Latitude", "39.9087"], ["longitude", "经度", "Longitude", "116.3975"]] },
  link: { zh: "链接", en: "Link", fields: [["title", "标题", "Title", "一篇文章"], ["url", "地址", "Address", "https://example.com/a"], ["description", "简介", "Description", ""]] },
  scan: { zh: "扫一扫", en: "Scan", fields: [["scene", "二维码参数", "Scene", "spring_01"]] },
  click: { zh: "点菜单", en: "Menu tap", fields: [["key", "菜单 key", "Menu key", "menu_today"]] },
  raw: { zh: "原始报文", en: "Raw XML", fields: [["xml", "XML", "XML", "<xml></xml>", "long"]] },
  follower: { zh: "新读者", en: "New follower", fields: [["openid", "openid", "openid", ""]] },
};
