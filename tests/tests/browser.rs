//! The interface that `atelier serve` gives to a real browser.

use atelier_tests::main_job::{self, left_behind};
use atelier_tests::sandbox::Sandbox;
use atelier_tests::serving::Serving;
use atelier_tests::stand_in::StandIn;
use atelier_tests::webdriver::Driver;
use atelier_tests::workspace::demo;
use tokio::runtime::Runtime;

#[test]
fn main_job_is_done_in_a_browser() {
    let (sandbox, stand_in) = (Sandbox::new(), StandIn::start());
    let folder = main_job::workspace(&sandbox, &stand_in);
    let serving = Serving::start(&sandbox, &folder);
    let num_actions = Runtime::new().unwrap().block_on(async {
        let browser = Driver::chromium(&sandbox, 1440, 900).await;
        browser.client.goto(serving.url()).await.unwrap();
        main_job::do_main_job(&browser, &folder).await
    });
    println!("the main job took {num_actions} actions in the browser");
    left_behind::assert_done(&sandbox, &folder, &stand_in);
}

#[test]
fn demo_is_there_to_be_looked_at() {
    let sandbox = Sandbox::new();
    let folder = demo(&sandbox);
    let serving = Serving::start(&sandbox, &folder);
    Runtime::new().unwrap().block_on(async {
        let browser = Driver::chromium(&sandbox, 1440, 900).await;
        browser.client.goto(serving.url()).await.unwrap();
        main_job::look_at_demo(&browser).await;
    });
}
