//! The page as a follower comes to it: by the link in a reply, while the whole product writes the answer.

use crate::support::{Engine, World, WorldBuilder, on_both_engines, world::UNVERIFIED};

const ANNA: &str = "oAnna000000000000000000000001";

on_both_engines! {
    async fn the_link_in_a_reply_leads_to_the_answer_while_it_is_written_and_afterwards(engine: Engine) {
        let world = WorldBuilder::new(engine).account(UNVERIFIED).start().await;
        world.simulator.follow(ANNA);
        let push = world.simulator.say(ANNA, "slow 20 <是什么>");
        world.simulator.finished(push).await;
        let reply = world.receives(ANNA, 1).await.remove(0);
        let page = page_url(&world, &reply);

        let writing = reqwest::get(&page).await.unwrap();
        assert_eq!(writing.headers()["strict-transport-security"], "max-age=63072000; includeSubDomains");
        let writing = writing.text().await.unwrap();
        assert!(writing.contains("slow 20 &#60;是什么&#62;"), "{writing}");
        assert!(writing.contains("http-equiv=\"refresh\""), "{writing}");

        // The stream ends by itself when the answer is whole.
        let events = reqwest::get(format!("{page}/events")).await.unwrap().text().await.unwrap();
        let last = events.lines().rfind(|line| line.starts_with("data: ")).unwrap();
        assert!(last.contains("\"phase\":\"finished\""), "{events}");

        let whole = reqwest::get(&page).await.unwrap().text().await.unwrap();
        assert!(whole.contains("回答完毕") && !whole.contains("http-equiv"), "{whole}");
        let stranger = reqwest::get(format!("{}/a/{}", world.url, "A".repeat(22))).await.unwrap();
        assert_eq!(stranger.status(), 404);
        world.abandon().await;
    }
}

/// The address of the page in a reply, at this test's server.
fn page_url(world: &World, reply: &str) -> String {
    let (_, token) = reply.split_once("https://huixin.test/a/").unwrap_or_else(|| panic!("no link in {reply}"));
    let token = token.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-' && letter != '_').next();
    format!("{}/a/{}", world.url, token.unwrap())
}
