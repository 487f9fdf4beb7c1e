//! What a load balancer and a monitoring system ask.

use std::time::Instant;

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use secrecy::ExposeSecret;
use serde::Serialize;
use subtle::ConstantTimeEq;

use crate::{
    app::App,
    clock,
    db::{self, Db},
    telemetry,
};

/// The database's clock may be this far from ours before leases become unreliable.
const CLOCK_TOLERANCE_MS: u64 = 5_000;

#[derive(Serialize)]
struct Readiness {
    database: &'static str,
    migrations: &'static str,
    lease_clock: &'static str,
    stopping: bool,
}

/// `GET /healthz`: the process runs.
pub async fn show_health() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain").body("ok")
}

/// `GET /readyz`: it can answer followers.
pub async fn show_readiness(app: web::Data<App>) -> HttpResponse {
    app.readiness.note_question();
    let database_clock = app.db.now_ms().await;
    let drift = database_clock.as_ref().map(|now| now.abs_diff(clock::now_ms()));
    let pending = db::pending_migrations(&app.db).await;
    let word = |is_good: bool| if is_good { "ok" } else { "fault" };
    let readiness = Readiness {
        database: word(database_clock.is_ok()),
        migrations: word(pending.is_ok_and(|pending| pending == 0)),
        lease_clock: word(drift.is_ok_and(|drift| drift < CLOCK_TOLERANCE_MS)),
        stopping: app.readiness.is_leaving() || app.stopping.is_cancelled(),
    };
    let is_ready = [readiness.database, readiness.migrations, readiness.lease_clock].iter().all(|state| *state == "ok");
    if is_ready && !readiness.stopping {
        HttpResponse::Ok().json(readiness)
    } else {
        HttpResponse::ServiceUnavailable().json(readiness)
    }
}

/// `GET /metrics`, in Prometheus's text format: with the token where one is configured, otherwise to direct connections.
pub async fn show_metrics(request: HttpRequest, app: web::Data<App>) -> HttpResponse {
    if !may_see_metrics(&request, &app) {
        return HttpResponse::NotFound().finish();
    }
    update_gauges(&app).await;
    HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(telemetry::metrics().render())
}

fn may_see_metrics(request: &HttpRequest, app: &App) -> bool {
    let headers = request.headers();
    match &app.config.metrics_token {
        Some(token) => {
            let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
            let given = given.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
            given.as_bytes().ct_eq(token.expose_secret().as_bytes()).into()
        }
        // A proxy in front means that the question may come from anywhere.
        None => !headers.contains_key("x-forwarded-for") && !headers.contains_key("forwarded"),
    }
}

async fn update_gauges(app: &App) {
    telemetry::process::update_gauges();
    metrics::gauge!("huixin_accounts").set(app.accounts.current().len() as f64);
    metrics::gauge!("huixin_intake_queue_depth").set(app.intake.depth() as f64);
    metrics::gauge!("huixin_questions_waiting_for_a_slot").set(app.slots.waiting() as f64);
    metrics::gauge!("huixin_answers_being_written").set(app.running.count() as f64);
    if let Err(error) = update_database_gauges(&app.db).await {
        metrics::gauge!("huixin_database_ping_seconds").set(f64::INFINITY);
        tracing::error!(%error, "the database cannot be asked for the metrics");
    }
}

async fn update_database_gauges(db: &Db) -> Result<(), db::Error> {
    let begun = Instant::now();
    db.now_ms().await?;
    metrics::gauge!("huixin_database_ping_seconds").set(begun.elapsed().as_secs_f64());
    let questions = db::questions::count_by_state(db).await?;
    for state in ["received", "answering", "answered", "failed"] {
        metrics::gauge!("huixin_questions", "state" => state).set(count(&questions, state));
    }
    let parts = db::counts::parts_by_state(db).await?;
    for state in ["waiting", "sending", "unknown"] {
        metrics::gauge!("huixin_parts", "state" => state).set(count(&parts, state));
    }
    let oldest = db::counts::oldest_open_question(db).await?;
    let age = oldest.map_or(0.0, |asked_at| (clock::now_ms() - asked_at).max(0) as f64 / 1000.0);
    metrics::gauge!("huixin_oldest_open_question_seconds").set(age);
    Ok(())
}

fn count(counts: &[(String, i64)], state: &str) -> f64 {
    counts.iter().find(|(name, _)| name == state).map_or(0.0, |(_, count)| *count as f64)
}
