//! Mistakes between this machine, WeChat and the account.

use huixin::{
    server::doctor::{Mistake, State},
    simulator::{Account, AccountKind, ApiFault, Wrong},
};
use jiff::{SignedDuration, Timestamp, fmt::rfc2822::DateTimePrinter};
use serde_json::json;

use super::{CANARY, Scene, fix, found, mistakes};
use crate::platform::fake::{Answer, Fake, response};

fn refusing(scene: &Scene, path: &str, errcode: i64, errmsg: &str) {
    let wrong = Wrong::Errcode { errcode, errmsg: errmsg.into() };
    scene.simulator.switch(|switches| switches.api_faults.push(ApiFault { path: path.into(), times: 9, wrong }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wechat_out_of_reach_is_named() {
    let findings = Scene::new().examined(&[("WECHAT_API_URL", "http://127.0.0.1:1")]).await;
    assert_eq!(mistakes(&findings), [Mistake::WechatUnreachable]);
    assert!(fix(found(&findings, Mistake::WechatUnreachable)).contains("firewall"));
    assert!(findings.iter().any(|finding| finding.name == "access token [main]" && finding.state == State::Skipped));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_clock_is_named() {
    for (skew, word) in [(-45, "ahead of"), (45, "behind")] {
        let fake = Fake::start(move |seen, _| {
            let date = DateTimePrinter::new().timestamp_to_rfc9110_string(&(Timestamp::now() + SignedDuration::from_secs(skew)));
            if seen.line.contains("stable_token") {
                Answer::Json(json!({"access_token": CANARY, "expires_in": 7200}))
            } else {
                response(&format!("date: {}\r\n", date.unwrap()), b"{}")
            }
        })
        .await;
        let findings = Scene::new().examined(&[("WECHAT_API_URL", fake.base_url.as_str())]).await;
        assert_eq!(mistakes(&findings), [Mistake::Clock]);
        assert!(found(&findings, Mistake::Clock).detail.english.contains(word), "{findings:#?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_that_is_not_allowed_is_named_with_the_one_to_add() {
    let scene = Scene::new();
    scene.simulator.switch(|switches| switches.address_refused = true);
    let findings = scene.examined(&[]).await;
    assert_eq!(mistakes(&findings), [Mistake::AddressNotAllowed]);
    assert!(fix(found(&findings, Mistake::AddressNotAllowed)).contains("To add: 127.0.0.1."), "{findings:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_app_secret_is_named() {
    let scene = Scene::new();
    let findings = scene.examined(&[("WECHAT_APP_SECRET", &format!("other-{CANARY}"))]).await;
    assert_eq!(mistakes(&findings), [Mistake::AppSecret]);
    assert!(fix(found(&findings, Mistake::AppSecret)).contains("WECHAT_APP_SECRET"));
    refusing(&scene, "/cgi-bin/stable_token", 40001, &format!("invalid credential app-secret-{CANARY}"));
    assert_eq!(mistakes(&scene.examined(&[]).await), [Mistake::AppSecret], "WeChat has two codes for it");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_appid_is_named() {
    let findings = Scene::new().examined(&[("WECHAT_APP_ID", "wx0000000000000000")]).await;
    assert_eq!(mistakes(&findings), [Mistake::AppId]);
    assert!(fix(found(&findings, Mistake::AppId)).contains("WECHAT_APP_ID"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn any_other_refusal_is_told_in_wechats_words() {
    let scene = Scene::new();
    refusing(&scene, "/cgi-bin/stable_token", 45009, "reach max api daily quota limit");
    let findings = scene.examined(&[]).await;
    assert_eq!(mistakes(&findings), [Mistake::WechatRefuses]);
    assert!(found(&findings, Mistake::WechatRefuses).detail.english.contains("45009"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_absent_callback_url_is_named() {
    let scene = Scene::new();
    refusing(&scene, "/cgi-bin/callback/check", 40201, "invalid callback url");
    let findings = scene.examined(&[]).await;
    assert_eq!(mistakes(&findings), [Mistake::CallbackUrl]);
    found(&findings, Mistake::CallbackUrl);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pushing_from_an_account_that_may_not_is_named() {
    let scene = Scene::new();
    let findings = scene.examined(&[("REPLY_MODE", "push")]).await;
    assert_eq!(mistakes(&findings), [Mistake::PushNotAuthorised]);
    assert!(fix(found(&findings, Mistake::PushNotAuthorised)).contains("REPLY_MODE=auto"));
    assert!(mistakes(&scene.examined(&[("REPLY_MODE", "auto")]).await).is_empty(), "auto copes with it");
    let verified = Account { kind: AccountKind::Service, verified: true, sandbox: false };
    scene.simulator.switch(|switches| switches.account = verified);
    assert!(mistakes(&scene.examined(&[("REPLY_MODE", "push")]).await).is_empty());
    assert!(scene.simulator.calls().iter().all(|call| !call.path.contains("custom/send")), "nothing is sent to anybody");
}
