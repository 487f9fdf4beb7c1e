//! The families of models by the beginnings of their names: who makes them and what the plain model of the family does.
//!
//! A row says only what holds for every name that begins so; what a name adds is read in its words (`words.rs`), what came
//! with a version in `senses.rs`.

use super::words::{self, Word};
use crate::llm::models::ability::Ability::{
    self, Completes, Draws, Edits, Embeds, Films, Hears, Moderates, Reranks, Sees, Speaks, Thinks, Writes,
};

/// One family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Family {
    /// The beginning of its names, in lower case.
    pub key: &'static str,
    pub title: &'static str,
    /// `""` where several make models of this name.
    pub maker: &'static str,
    /// The version that the key itself names; `""` where the rest of the name does.
    pub version: &'static str,
    pub does: &'static [Ability],
}

const fn row(key: &'static str, title: &'static str, maker: &'static str, does: &'static [Ability]) -> Family {
    Family { key, title, maker, version: "", does }
}

const fn versioned(version: &'static str, row: Family) -> Family {
    Family { version, ..row }
}

const TALKS: &[Ability] = &[Writes];
const TALKS_SEEING: &[Ability] = &[Writes, Sees];
const TALKS_THINKING: &[Ability] = &[Writes, Thinks];
const PAINTS: &[Ability] = &[Draws];
const UNSAID: &[Ability] = &[];

/// Where two keys fit, the longer one holds.
#[rustfmt::skip]
pub(super) const FAMILIES: &[Family] = &[
    // Talk, by maker
    row("gpt", "GPT", "OpenAI", TALKS),
    row("chatgpt", "ChatGPT", "OpenAI", TALKS),
    row("gpt-oss", "gpt-oss", "OpenAI", TALKS_THINKING),
    row("o1", "OpenAI o1", "OpenAI", TALKS_THINKING),
    row("o3", "OpenAI o3", "OpenAI", TALKS_THINKING),
    row("o4", "OpenAI o4", "OpenAI", TALKS_THINKING),
    row("codex", "Codex", "OpenAI", TALKS),
    row("davinci", "davinci", "OpenAI", &[Completes]),
    row("babbage", "babbage", "OpenAI", &[Completes]),
    row("claude", "Claude", "Anthropic", TALKS),
    row("gemini", "Gemini", "Google", TALKS),
    row("gemma", "Gemma", "Google", TALKS),
    row("codegemma", "CodeGemma", "Google", TALKS),
    row("paligemma", "PaliGemma", "Google", TALKS_SEEING),
    row("llama", "Llama", "Meta", TALKS),
    row("codellama", "Code Llama", "Meta", TALKS),
    row("llama-guard", "Llama Guard", "Meta", &[Moderates]),
    row("deepseek", "DeepSeek", "DeepSeek", TALKS),
    row("janus", "Janus", "DeepSeek", &[Sees, Draws]),
    row("qwen", "Qwen", "Alibaba", TALKS),
    row("qwq", "QwQ", "Alibaba", TALKS_THINKING),
    row("qvq", "QVQ", "Alibaba", &[Writes, Sees, Thinks]),
    row("glm", "GLM", "Zhipu", TALKS),
    row("chatglm", "ChatGLM", "Zhipu", TALKS),
    row("codegeex", "CodeGeeX", "Zhipu", TALKS),
    row("cogvlm", "CogVLM", "Zhipu", TALKS_SEEING),
    row("kimi", "Kimi", "Moonshot", TALKS),
    row("moonshot", "Moonshot", "Moonshot", TALKS),
    row("doubao", "Doubao", "ByteDance", TALKS),
    row("doubao-seed", "Doubao Seed", "ByteDance", TALKS),
    row("seed-oss", "Seed-OSS", "ByteDance", TALKS),
    row("ui-tars", "UI-TARS", "ByteDance", TALKS_SEEING),
    row("hunyuan", "Hunyuan", "Tencent", TALKS),
    row("hy", "Hy", "Tencent", TALKS),
    row("ernie", "ERNIE", "Baidu", TALKS),
    row("yi", "Yi", "01.AI", TALKS),
    row("baichuan", "Baichuan", "Baichuan", TALKS),
    row("minimax", "MiniMax", "MiniMax", TALKS),
    row("abab", "abab", "MiniMax", TALKS),
    row("step", "Step", "StepFun", TALKS),
    row("internlm", "InternLM", "Shanghai AI Lab", TALKS),
    row("intern-s", "Intern-S", "Shanghai AI Lab", TALKS_SEEING),
    row("internvl", "InternVL", "Shanghai AI Lab", TALKS_SEEING),
    row("spark", "Spark", "iFlytek", TALKS),
    row("mimo", "MiMo", "Xiaomi", TALKS),
    row("longcat", "LongCat", "Meituan", TALKS),
    row("ling", "Ling", "Ant Group", TALKS),
    row("ring", "Ring", "Ant Group", TALKS_THINKING),
    row("pangu", "Pangu", "Huawei", TALKS),
    row("skywork", "Skywork", "Kunlun", TALKS),
    row("minicpm", "MiniCPM", "OpenBMB", TALKS),
    row("minicpm-v", "MiniCPM-V", "OpenBMB", TALKS_SEEING),
    row("minicpm-o", "MiniCPM-o", "OpenBMB", &[Writes, Sees, Hears]),
    row("mistral", "Mistral", "Mistral AI", TALKS),
    row("mistral-ocr", "Mistral OCR", "Mistral AI", &[Sees]),
    row("open-mistral", "Mistral", "Mistral AI", TALKS),
    row("mixtral", "Mixtral", "Mistral AI", TALKS),
    row("open-mixtral", "Mixtral", "Mistral AI", TALKS),
    row("ministral", "Ministral", "Mistral AI", TALKS),
    row("codestral", "Codestral", "Mistral AI", TALKS),
    row("devstral", "Devstral", "Mistral AI", TALKS),
    row("magistral", "Magistral", "Mistral AI", TALKS_THINKING),
    row("pixtral", "Pixtral", "Mistral AI", TALKS_SEEING),
    row("voxtral", "Voxtral", "Mistral AI", &[Writes, Hears]),
    row("phi", "Phi", "Microsoft", TALKS),
    row("grok", "Grok", "xAI", TALKS),
    row("grok-code-fast", "Grok Code Fast", "xAI", TALKS),
    row("command", "Command", "Cohere", TALKS),
    row("command-r", "Command R", "Cohere", TALKS),
    row("command-a", "Command A", "Cohere", TALKS),
    row("aya", "Aya", "Cohere", TALKS),
    row("jamba", "Jamba", "AI21", TALKS),
    row("nova", "Nova", "Amazon", UNSAID),
    row("nemotron", "Nemotron", "NVIDIA", TALKS),
    row("granite", "Granite", "IBM", TALKS),
    row("falcon", "Falcon", "TII", TALKS),
    row("exaone", "EXAONE", "LG", TALKS),
    row("solar", "Solar", "Upstage", TALKS),
    row("sonar", "Sonar", "Perplexity", TALKS),
    row("dbrx", "DBRX", "Databricks", TALKS),
    row("hermes", "Hermes", "Nous Research", TALKS),
    row("llava", "LLaVA", "", TALKS_SEEING),
    row("moondream", "Moondream", "Moondream", TALKS_SEEING),
    // Pictures
    row("dall-e", "DALL·E", "OpenAI", PAINTS),
    row("gpt-image", "GPT Image", "OpenAI", PAINTS),
    row("chatgpt-image", "ChatGPT Image", "OpenAI", PAINTS),
    row("imagen", "Imagen", "Google", PAINTS),
    row("nano-banana", "Nano Banana", "Google", PAINTS),
    row("flux", "FLUX", "Black Forest Labs", PAINTS),
    row("stable-diffusion", "Stable Diffusion", "Stability AI", PAINTS),
    row("sd", "Stable Diffusion", "Stability AI", PAINTS),
    row("stable-image", "Stable Image", "Stability AI", PAINTS),
    versioned("XL", row("sdxl", "Stable Diffusion", "Stability AI", PAINTS)),
    row("cogview", "CogView", "Zhipu", PAINTS),
    row("wanx", "Wanx", "Alibaba", PAINTS),
    row("z-image", "Z-Image", "Alibaba", PAINTS),
    row("seedream", "Seedream", "ByteDance", PAINTS),
    row("doubao-seedream", "Seedream", "ByteDance", PAINTS),
    row("seededit", "SeedEdit", "ByteDance", &[Edits]),
    row("doubao-seededit", "SeedEdit", "ByteDance", &[Edits]),
    row("kolors", "Kolors", "Kuaishou", PAINTS),
    row("irag", "iRAG", "Baidu", PAINTS),
    row("step-1x", "Step-1X", "StepFun", PAINTS),
    row("hidream", "HiDream", "HiDream.ai", PAINTS),
    row("midjourney", "Midjourney", "Midjourney", PAINTS),
    row("ideogram", "Ideogram", "Ideogram", PAINTS),
    row("recraft", "Recraft", "Recraft", PAINTS),
    row("recraftv", "Recraft", "Recraft", PAINTS),
    row("playground", "Playground", "Playground", PAINTS),
    row("nova-canvas", "Nova Canvas", "Amazon", PAINTS),
    // Videos
    row("sora", "Sora", "OpenAI", &[Films]),
    row("veo", "Veo", "Google", &[Films]),
    row("wan", "Wan", "Alibaba", UNSAID),
    row("cogvideo", "CogVideo", "Zhipu", &[Films]),
    row("cogvideox", "CogVideoX", "Zhipu", &[Films]),
    row("seedance", "Seedance", "ByteDance", &[Films]),
    row("doubao-seedance", "Seedance", "ByteDance", &[Films]),
    row("kling", "Kling", "Kuaishou", &[Films]),
    row("hailuo", "Hailuo", "MiniMax", &[Films]),
    row("vidu", "Vidu", "Shengshu", &[Films]),
    row("nova-reel", "Nova Reel", "Amazon", &[Films]),
    row("ltx", "LTX", "Lightricks", &[Films]),
    // Speech
    row("whisper", "Whisper", "OpenAI", &[Hears]),
    versioned("1", row("tts-1", "TTS", "OpenAI", &[Speaks])),
    row("sensevoice", "SenseVoice", "Alibaba", &[Hears]),
    row("sensevoicesmall", "SenseVoice", "Alibaba", &[Hears]),
    row("paraformer", "Paraformer", "Alibaba", &[Hears]),
    row("telespeechasr", "TeleSpeech", "China Telecom", &[Hears]),
    row("parakeet", "Parakeet", "NVIDIA", &[Hears]),
    row("cosyvoice", "CosyVoice", "Alibaba", &[Speaks]),
    row("fish-speech", "Fish Speech", "Fish Audio", &[Speaks]),
    row("indextts", "IndexTTS", "Bilibili", &[Speaks]),
    row("moss-ttsd", "MOSS-TTSD", "OpenMOSS", &[Speaks]),
    row("kokoro", "Kokoro", "", &[Speaks]),
    row("nova-sonic", "Nova Sonic", "Amazon", &[Hears, Speaks]),
    versioned("01", row("speech-01", "MiniMax Speech", "MiniMax", &[Speaks])),
    versioned("02", row("speech-02", "MiniMax Speech", "MiniMax", &[Speaks])),
    versioned("2.5", row("speech-2.5", "MiniMax Speech", "MiniMax", &[Speaks])),
    versioned("2.6", row("speech-2.6", "MiniMax Speech", "MiniMax", &[Speaks])),
    // Numbers out of texts, order, judgement
    row("text-embedding-v", "Text Embedding", "Alibaba", &[Embeds]),
    row("text-embedding", "Text Embedding", "", &[Embeds]),
    row("text-embedding-ada", "Text Embedding Ada", "OpenAI", &[Embeds]),
    versioned("3", row("text-embedding-3", "Text Embedding", "OpenAI", &[Embeds])),
    row("embeddinggemma", "EmbeddingGemma", "Google", &[Embeds]),
    row("bge", "BGE", "BAAI", &[Embeds]),
    row("bce", "BCE", "NetEase", UNSAID),
    row("m3e", "M3E", "", &[Embeds]),
    row("e5", "E5", "Microsoft", &[Embeds]),
    row("multilingual-e5", "E5", "Microsoft", &[Embeds]),
    row("gte", "GTE", "Alibaba", &[Embeds]),
    row("jina-embeddings", "Jina Embeddings", "Jina AI", &[Embeds]),
    row("jina-clip", "Jina CLIP", "Jina AI", &[Embeds]),
    row("jina-reranker", "Jina Reranker", "Jina AI", &[Reranks]),
    row("nomic-embed", "Nomic Embed", "Nomic AI", &[Embeds]),
    row("mxbai-embed", "mxbai-embed", "Mixedbread", &[Embeds]),
    row("all-minilm", "all-MiniLM", "", &[Embeds]),
    row("voyage", "Voyage", "Voyage AI", &[Embeds]),
    row("titan-embed", "Titan Embeddings", "Amazon", &[Embeds]),
    row("omni-moderation", "OpenAI Moderation", "OpenAI", &[Moderates]),
    row("text-moderation", "OpenAI Moderation", "OpenAI", &[Moderates]),
    row("shieldgemma", "ShieldGemma", "Google", &[Moderates]),
];

/// Keys that name what another model was made from, wherever in its name they stand.
const BASES: [&str; 9] = ["llama", "qwen", "mistral", "mixtral", "gemma", "deepseek", "glm", "baichuan", "internlm"];
/// Words that may stand before a family and say nothing that the table does not.
const LEADING: [&str; 15] = [
    "meta", "ai21", "google", "openai", "azure", "alibaba", "ali", "tencent", "baidu", "zhipu", "nous", "nvidia", "amazon",
    "xai", "distil",
];

/// Keys that are words of everyday names too: they count only before a word of the grammar.
const COMMON: [&str; 14] = [
    "step",
    "ring",
    "ling",
    "spark",
    "command",
    "nova",
    "solar",
    "falcon",
    "granite",
    "codex",
    "voyage",
    "playground",
    "hermes",
    "hy",
];

/// Where a family's key stands in a name.
pub(super) struct Found {
    pub family: &'static Family,
    pub start: usize,
    /// The first byte behind the key.
    pub end: usize,
}

/// The family with which a name begins; words that say nothing may stand before it.
pub(super) fn leading(name: &str) -> Option<Found> {
    let mut at = 0;
    loop {
        if let Some(found) = at_position(name, at) {
            return Some(found);
        }
        let word = name[at..].split('-').next().unwrap_or_default();
        if !LEADING.contains(&word) {
            return None;
        }
        at += word.len() + 1;
        if at >= name.len() {
            return None;
        }
    }
}

/// The first family in `text` that others are made from.
pub(super) fn base(text: &str) -> Option<Found> {
    let starts = std::iter::once(0).chain(text.match_indices('-').map(|(at, _)| at + 1));
    starts.filter_map(|at| at_position(text, at)).find(|found| BASES.contains(&found.family.key))
}

/// The family of a model whose name puts what it was made from first: `llama-3.1-nemotron-70b`.
pub(super) fn adapted(name: &str) -> Option<Found> {
    let at = name.find("-nemotron")? + 1;
    at_position(name, at)
}

fn at_position(name: &str, at: usize) -> Option<Found> {
    let rest = &name[at..];
    let fits = |family: &&Family| {
        let behind = rest.strip_prefix(family.key).filter(|behind| ends(family.key, behind));
        behind.is_some_and(|behind| !COMMON.contains(&family.key) || begins_with_grammar(behind))
    };
    let family = FAMILIES.iter().filter(fits).max_by_key(|family| family.key.len())?;
    Some(Found { family, start: at, end: at + family.key.len() })
}

fn begins_with_grammar(behind: &str) -> bool {
    let word = behind.trim_start_matches(['-', '.']).split('-').next().unwrap_or_default();
    !word.is_empty() && !words::parts(word).contains(&Word::Unknown)
}

/// Whether a key ends where `behind` begins: `o1` is not in `o10`, nor `yi` in `yields`.
pub(super) fn ends(key: &str, behind: &str) -> bool {
    let (Some(last), Some(next)) = (key.chars().last(), behind.chars().next()) else { return true };
    if last.is_ascii_digit() { !next.is_ascii_digit() && next != '.' } else { !next.is_alphabetic() }
}
