//! The page in a browser, on a phone and a desk.

use serde_json::json;

use crate::support::{
    Engine, World,
    browser::{Browser, Scripts, Theme},
};

const ANNA: &str = "oAnna000000000000000000000001";

const NO_OVERFLOW: &str = "document.documentElement.scrollWidth <= document.documentElement.clientWidth";

/// Puts files into the chooser, as a finger does.
const CHOOSE: &str = "(() => {
    const chosen = new DataTransfer();
    chosen.items.add(new File(['第七条 违约金为合同总额的百分之三十。'], '房屋租赁合同（2026 年修订版，双方确认稿）.txt'));
    chosen.items.add(new File([new Uint8Array([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, 0, 0])], '旧文档.doc'));
    chosen.items.add(new File([new Uint8Array(20 * 1024 * 1024 + 1)], '录像.pdf'));
    chosen.items.add(new File([], '空.txt'));
    const chooser = document.getElementById('choose');
    chooser.files = chosen.files;
    chooser.dispatchEvent(new Event('change'));
    return true;
})()";

const SETTLED: &str = "document.querySelectorAll('#list li').length === 4
    && Array.from(document.querySelectorAll('#list li')).every(row => ['ready', 'failed'].includes(row.dataset.state))";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_files_are_sent_from_a_phone_and_each_says_what_became_of_it() {
    let world = World::new(Engine::Sqlite).await;
    world.simulator.follow(ANNA);
    let page = format!("{}{}", world.url, world.upload_page(ANNA).await);
    let browser = Browser::start(Scripts::On).await;
    browser.screen(360, 740, Theme::Light).await;
    browser.open(&page).await;
    browser.until("!document.getElementById('zone').hidden").await;
    browser.picture("upload-360-light-empty").await;
    browser.value(CHOOSE).await;
    browser.until(SETTLED).await;
    let told = browser.value("document.getElementById('list').innerText").await;
    let told = told.as_str().unwrap();
    for sentence in ["读完了，共 ", "这种文件我读不了", "文件超过 20 MB", "这是一个空文件"] {
        assert!(told.contains(sentence), "{sentence} is missing in {told}");
    }
    assert_eq!(browser.value("document.querySelectorAll('progress').length").await, json!(0));
    assert_eq!(browser.value(NO_OVERFLOW).await, json!(true));
    browser.picture("upload-360-light").await;
    for (width, height, theme, name) in [
        (360, 740, Theme::Dark, "upload-360-dark"),
        (1200, 900, Theme::Light, "upload-1200-light"),
        (1200, 900, Theme::Dark, "upload-1200-dark"),
    ] {
        browser.screen(width, height, theme).await;
        browser.open(&page).await;
        // What was sent before is there again; what was never sent is not.
        browser.until("document.querySelectorAll('#list li').length === 2").await;
        assert_eq!(browser.value(NO_OVERFLOW).await, json!(true), "{name}");
        browser.picture(name).await;
    }
    world.execute("UPDATE upload_links SET expires_at = 1").await;
    browser.value(CHOOSE).await;
    browser.until("document.body.innerText.includes('页面已过期')").await;
    let console: Vec<String> = browser.console().await.into_iter().filter(|line| !line.contains("status of 4")).collect();
    assert!(console.is_empty(), "{console:#?}");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_can_be_dropped_and_without_scripts_the_page_says_what_it_needs() {
    let world = World::new(Engine::Sqlite).await;
    world.simulator.follow(ANNA);
    world.hears(ANNA, "/lang en").await;
    let page = format!("{}{}", world.url, world.upload_page(ANNA).await);
    let browser = Browser::start(Scripts::On).await;
    browser.screen(1200, 900, Theme::Light).await;
    browser.open(&page).await;
    browser
        .value(
            "(() => {
                const dropped = new DataTransfer();
                dropped.items.add(new File(['to be read'], 'letter.txt'));
                document.getElementById('zone').dispatchEvent(new DragEvent('drop', { dataTransfer: dropped, bubbles: true, cancelable: true }));
                return true;
            })()",
        )
        .await;
    browser.until("document.body.innerText.includes('Read: 10 characters')").await;
    drop(browser);
    let browser = Browser::start(Scripts::Off).await;
    browser.screen(360, 740, Theme::Light).await;
    browser.open(&page).await;
    browser.until("document.body.innerText.includes('Handing in files needs JavaScript')").await;
    world.end().await;
}
