//! What a load balancer and a monitoring system ask.

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use secrecy::ExposeSecret;
use serde::Serialize;
use subtle::ConstantTimeEq;

use crate::{app::App, clock, db, telemetry};

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
    metrics::gauge!("huixin_intake_queue_depth").set(app.intake.depth() as f64);
    metrics::gauge!("huixin_questions_waiting_for_a_slot").set(app.slots.waiting() as f64);
    metrics::gauge!("huixin_answers_being_written").set(app.running.count() as f64);
    match db::questions::count_by_state(&app.db).await {
        Ok(counts) => {
            for state in ["received", "answering", "answered", "failed"] {
                let count = counts.iter().find(|(name, _)| name == state).map_or(0, |(_, count)| *count);
                metrics::gauge!("huixin_questions", "state" => state).set(count as f64);
            }
        }
        Err(error) => tracing::error!(%error, "the questions cannot be counted for the metrics"),
    }
}
