//! Traces by OTLP, received by a collector of the test's own.

use std::collections::BTreeMap;

use crate::{
    platform::fake::{Answer, Fake, response},
    support::{Engine, World, WorldBuilder, process::Process, world::VERIFIED},
};

const ANNA: &str = "oAnna000000000000000000000001";

/// One span as it was sent.
#[derive(Debug, Clone, Default)]
struct Sent {
    name: String,
    trace: Vec<u8>,
    id: Vec<u8>,
    parent: Vec<u8>,
    attributes: BTreeMap<String, String>,
}

/// The fields of a protobuf message that have a length: texts, bytes and messages.
fn fields(mut bytes: &[u8]) -> Vec<(u64, &[u8])> {
    fn number(bytes: &mut &[u8]) -> u64 {
        let mut value = 0;
        for shift in (0..).step_by(7) {
            let (first, rest) = bytes.split_first().unwrap();
            *bytes = rest;
            value |= u64::from(first & 0x7f) << shift;
            if first & 0x80 == 0 {
                break;
            }
        }
        value
    }
    let mut fields = Vec::new();
    while !bytes.is_empty() {
        let key = number(&mut bytes);
        let length = match key & 7 {
            0 => {
                number(&mut bytes);
                continue;
            }
            1 => 8,
            5 => 4,
            _ => number(&mut bytes) as usize,
        };
        let (value, rest) = bytes.split_at(length);
        bytes = rest;
        fields.push((key >> 3, value));
    }
    fields
}

/// What is below `bytes` along these field numbers.
fn below<'a>(bytes: &'a [u8], path: &[u64]) -> Vec<&'a [u8]> {
    let Some((first, rest)) = path.split_first() else { return vec![bytes] };
    fields(bytes).into_iter().filter(|(number, _)| number == first).flat_map(|(_, value)| below(value, rest)).collect()
}

/// The spans of an `ExportTraceServiceRequest`: `resource_spans.scope_spans.spans`.
fn spans(request: &[u8]) -> Vec<Sent> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let one = |bytes: &[u8]| {
        let mut sent = Sent::default();
        for (number, value) in fields(bytes) {
            match number {
                1 => sent.trace = value.to_vec(),
                2 => sent.id = value.to_vec(),
                4 => sent.parent = value.to_vec(),
                5 => sent.name = text(value),
                9 => {
                    let value_text = below(value, &[2, 1]).first().map_or_else(String::new, |bytes| text(bytes));
                    sent.attributes.insert(text(below(value, &[1])[0]), value_text);
                }
                _ => {}
            }
        }
        sent
    };
    below(request, &[1, 2, 2]).into_iter().map(one).collect()
}

fn collected(collector: &Fake) -> Vec<Sent> {
    let requests = collector.requests();
    let sent = requests.iter().filter(|request| request.line.starts_with("POST /v1/traces "));
    sent.flat_map(|request| spans(&request.body)).collect()
}

async fn world(collector: &str) -> (World, Process) {
    let builder = WorldBuilder::new(Engine::Sqlite).account(VERIFIED).with("OTEL_EXPORTER_OTLP_ENDPOINT", collector);
    let world = builder.with("OTEL_BSP_SCHEDULE_DELAY", "100").surroundings().await;
    world.simulator.follow(ANNA);
    let process = Process::start(&world.values).await;
    world.simulator.set_webhook(format!("{}/wechat", process.url));
    (world, process)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_question_is_one_trace_from_its_push_to_the_model() {
    let collector = Fake::start(|_, _| response("content-type: application/x-protobuf\r\n", b"")).await;
    let (world, mut process) = world(collector.base_url.as_str()).await;
    let push = world.simulator.say(ANNA, "CANARY 你好");
    world.simulator.finished(push).await;
    world.until("the spans arrive", async |_: &World| collected(&collector).iter().any(|sent| sent.name == "question")).await;
    process.signal("-TERM");
    assert_eq!(process.exit_code().await, Some(0));
    let sent = collected(&collector);
    let named = |name: &str| {
        let found = sent.iter().find(|sent| sent.name == name);
        found.unwrap_or_else(|| panic!("no {name} in {sent:#?}"))
    };
    let (push, question, upstream) = (named("push"), named("question"), named("upstream"));
    assert!(push.parent.is_empty() && push.id.len() == 8 && push.trace.len() == 16);
    assert_eq!(push.attributes.get("account").map(String::as_str), Some("main"));
    assert_eq!(push.attributes.get("kind").map(String::as_str), Some("text"));
    assert_eq!((&question.parent, &question.trace), (&push.id, &push.trace));
    assert_eq!(question.attributes.get("stage").map(String::as_str), Some("settled"));
    assert_eq!((&upstream.parent, &upstream.trace), (&question.id, &push.trace), "{sent:#?}");
    assert_eq!(upstream.attributes.get("outcome").map(String::as_str), Some("answered"));
    let all = collector.requests().iter().map(|request| String::from_utf8_lossy(&request.body).into_owned()).collect::<String>();
    assert!(!all.contains("CANARY") && !all.contains(ANNA), "no span holds a text or an openid");
    assert!(all.contains("huixin"), "the service has its name");
    world.abandon().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_of_wechat_are_spans_and_refused_pushes_say_why() {
    let collector = Fake::start(|_, _| response("", b"")).await;
    let (world, mut process) = world(collector.base_url.as_str()).await;
    world.simulator.say(ANNA, "slow 7 慢");
    reqwest::Client::new().post(format!("{}/wechat?timestamp=1&nonce=1", process.url)).send().await.unwrap();
    let has = |name: &str, attribute: &str, value: &str| {
        collected(&collector)
            .iter()
            .any(|sent| sent.name == name && sent.attributes.get(attribute).is_some_and(|found| found == value))
    };
    world
        .until("the spans arrive", async |_: &World| {
            has("wechat", "path", "/cgi-bin/stable_token")
                && has("wechat", "errcode", "0")
                && has("push", "refused", "no_signature")
        })
        .await;
    process.kill();
    world.abandon().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_collector_that_is_away_costs_no_answer() {
    let collector = Fake::start(|_, _| Answer::Reset).await;
    for endpoint in ["http://127.0.0.1:1", collector.base_url.as_str()] {
        let (world, mut process) = world(endpoint).await;
        let push = world.simulator.say(ANNA, "你好");
        world.simulator.finished(push).await;
        assert!(world.receives(ANNA, 1).await[0].contains("你好"));
        process.signal("-TERM");
        assert_eq!(process.exit_code().await, Some(0));
        world.abandon().await;
    }
    assert!(!huixin::telemetry::traces::is_on(), "no span is made where nobody asked for traces");
}
