//! What can be examined without leaving the machine: files, limits, keys and the database.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::Path,
    time::Duration,
};

use secrecy::ExposeSecret;
use tokio::time::timeout;

use super::{Finding, Mistake, Words, words};
use crate::{
    config::{Account, Config},
    db::{self, Db, Schema, leases},
};

/// A database that takes longer to open is not one to answer followers from.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(8);

/// What must fit into `DATA_DIR` at least, in bytes: a full disk refuses it, and a database cannot do with less.
const ROOM: usize = 1 << 20;

/// Files a process has open beside those of its questions.
const FILES_OF_THE_PROCESS: u64 = 256;

/// Everything that needs no network.
pub(super) fn examine(config: &Config) -> Vec<Finding> {
    let mut findings: Vec<Finding> = config.accounts.iter().map(encryption).collect();
    findings.push(files(config));
    findings.push(data_dir(&config.data_dir));
    findings
}

fn encryption(account: &Account) -> Finding {
    let name = format!("encryption [{}]", account.name);
    if account.encoding_aes_key.is_none() || account.allow_plaintext {
        return Finding::warning(
            name,
            Mistake::Plaintext,
            words!(
                "接受明文推送：签名不覆盖消息正文，看到过一个请求的人就能伪造别的",
                "plaintext pushes are accepted: the signature does not cover the body, so whoever sees one request can forge others"
            ),
            words!(
                "测试号只能如此；正式账号请在后台选安全模式，填 WECHAT_ENCODING_AES_KEY，去掉 WECHAT_ALLOW_PLAINTEXT",
                "a sandbox account has no other way; for a real one choose 安全模式 in the console, set WECHAT_ENCODING_AES_KEY and remove WECHAT_ALLOW_PLAINTEXT"
            ),
        );
    }
    Finding::ok(name, words!("安全模式，密钥格式正确", "secure mode, the key is well formed"))
}

fn files(config: &Config) -> Finding {
    const NAME: &str = "open files";
    let concurrency = config.llm.concurrency;
    // A question is the follower's connection and the model's.
    let needed = 2 * concurrency as u64 + FILES_OF_THE_PROCESS;
    match rlimit::Resource::NOFILE.get() {
        Ok((_, limit)) if limit < needed => Finding::fault(
            NAME,
            Mistake::FileLimit,
            words!(
                "最多只能打开 {limit} 个；LLM_CONCURRENCY={concurrency} 大约需要 {needed} 个",
                "at most {limit} may be open; LLM_CONCURRENCY={concurrency} needs about {needed}"
            ),
            words!(
                "调高上限：systemd 用 LimitNOFILE=65536，Compose 用 ulimits.nofile，shell 用 ulimit -Hn",
                "raise the limit: LimitNOFILE=65536 for systemd, ulimits.nofile for Compose, ulimit -Hn in a shell"
            ),
        ),
        Ok((_, limit)) => Finding::ok(NAME, words!("最多可打开 {limit} 个", "up to {limit} may be open")),
        Err(error) => Finding::skipped(NAME, words!("系统没有说上限：{error}", "the system does not tell the limit: {error}")),
    }
}

fn data_dir(folder: &Path) -> Finding {
    const NAME: &str = "DATA_DIR";
    let shown = folder.display();
    match write_something(folder) {
        Ok(()) => Finding::ok(NAME, words!("{shown} 可写", "{shown} can be written")),
        Err(error) => Finding::fault(
            NAME,
            Mistake::DataDir,
            words!("{shown} 写不进去：{error}", "{shown} cannot be written: {error}"),
            match error.kind() {
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                    words!("磁盘满了：腾出空间，或换个 DATA_DIR", "the disk is full: make room, or choose another DATA_DIR")
                }
                _ => words!(
                    "让运行 huixin 的用户能写这个目录（chown，systemd 用 StateDirectory=），或换个 DATA_DIR",
                    "let the user that huixin runs as write to it (chown; StateDirectory= for systemd), or choose another DATA_DIR"
                ),
            },
        ),
    }
}

fn write_something(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let path = folder.join(format!("doctor-{}", std::process::id()));
    let written = File::create(&path).and_then(|mut file| file.write_all(&vec![0; ROOM]).and_then(|()| file.sync_all()));
    let removed = fs::remove_file(&path);
    written.and(removed)
}

/// Opens the database, compares its schema, and returns the holders of the processes that are alive in it.
pub(super) async fn database(config: &Config) -> (Vec<Finding>, Option<Vec<String>>) {
    const NAME: &str = "database";
    let url = config.database_url.expose_secret();
    let engine = if url.starts_with("sqlite:") { "SQLite" } else { "Postgres" };
    let opened = async {
        let db = db::connect(url).await?;
        let schema = db::schema(&db).await?;
        // A database without a schema has no processes either.
        let living = living(&db).await.unwrap_or_default();
        db.close().await;
        anyhow::Ok((schema, living))
    };
    let unreachable =
        |detail: Words| (vec![Finding::fault(NAME, Mistake::DatabaseUnreachable, detail, unreachable_fix(engine))], None);
    match timeout(CONNECT_TIMEOUT, opened).await {
        Ok(Ok((schema, living))) => {
            let mut findings = vec![of_schema(NAME, engine, schema)];
            findings.extend(shared(engine, &living));
            (findings, Some(living))
        }
        Ok(Err(error)) => unreachable(Words::foreign(format!("{error:#}"))),
        Err(_) => {
            let seconds = CONNECT_TIMEOUT.as_secs();
            unreachable(words!("{engine} 在 {seconds} 秒内没有应答", "{engine} did not answer within {seconds} s"))
        }
    }
}

async fn living(db: &Db) -> Result<Vec<String>, db::Error> {
    leases::living_processes(db, db.now_ms().await?).await
}

fn unreachable_fix(engine: &str) -> Words {
    if engine == "SQLite" {
        words!(
            "让运行 huixin 的用户能写 DATABASE_URL（或 DATA_DIR）所在的目录",
            "make the folder of DATABASE_URL (or DATA_DIR) writable for the user huixin runs as"
        )
    } else {
        words!(
            "核对 DATABASE_URL 的主机、用户、密码和库名，以及服务器是否接受连接",
            "check host, user, password and database in DATABASE_URL, and that the server accepts connections"
        )
    }
}

fn of_schema(name: &str, engine: &str, schema: Schema) -> Finding {
    match schema {
        Schema { unknown: 0, pending: 0 } => {
            Finding::ok(name, words!("{engine} 正常，表结构是最新的", "{engine} answers, its schema is up to date"))
        }
        Schema { unknown: 0, pending } => Finding::ok(
            name,
            words!(
                "{engine} 正常；还有 {pending} 个迁移，由 `serve` 或 `migrate` 执行",
                "{engine} answers; {pending} migration(s) will be applied by `serve` or `migrate`"
            ),
        ),
        Schema { unknown, .. } => Finding::fault(
            name,
            Mistake::DatabaseNewer,
            words!(
                "这个库被更新的 huixin 升级过：有 {unknown} 个迁移本版本不认识，`serve` 不会启动",
                "a newer huixin has brought this database up to date: {unknown} migration(s) are unknown here, and `serve` refuses to start"
            ),
            words!(
                "用新版本运行，或恢复升级前的备份（迁移只能向前）",
                "run the newer version, or restore the backup from before the upgrade (migrations only go forward)"
            ),
        ),
    }
}

/// On SQLite one process at most: two of them keep each other from writing.
fn shared(engine: &str, living: &[String]) -> Option<Finding> {
    let seats: std::collections::BTreeSet<&str> = living.iter().filter_map(|holder| holder.split('/').next()).collect();
    let count = seats.len();
    (engine == "SQLite" && count > 1).then(|| {
        Finding::fault(
            "database",
            Mistake::DatabaseShared,
            words!("{count} 个进程同时用着同一个 SQLite 文件", "{count} processes use the same SQLite file"),
            words!(
                "SQLite 只供一个进程用：停掉别的，或改用 DATABASE_URL=postgres://…",
                "SQLite is for one process: stop the others, or move to DATABASE_URL=postgres://…"
            ),
        )
    })
}
