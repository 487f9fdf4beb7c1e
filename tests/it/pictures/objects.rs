//! The object store, on a folder and on an S3 server in the process: the same promises on both.

use std::path::Path;

use huixin::{
    clock,
    storage::{Credentials, Error, Key, Storage},
};
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto::Builder,
};
use s3s::{auth::SimpleAuth, service::S3ServiceBuilder};
use s3s_fs::FileSystem;
use tempfile::TempDir;
use tokio::net::TcpListener;

const SECRET: &str = "CANARY-secret-key";

/// Serves the folders below `root` as buckets, and checks signatures.
async fn s3(root: &Path) -> String {
    let mut service = S3ServiceBuilder::new(FileSystem::new(root).unwrap());
    service.set_auth(SimpleAuth::from_single("access-key", SECRET));
    let service = service.build();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let service = service.clone();
            tokio::spawn(async move { Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), service).await });
        }
    });
    format!("http://{address}")
}

fn credentials(secret: &str) -> Credentials {
    Credentials { access_key_id: "access-key".into(), secret_access_key: secret.into() }
}

/// A store of each kind, and the folder below which its bytes lie.
async fn stores() -> Vec<(Storage, TempDir)> {
    let (folder, served) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    std::fs::create_dir(served.path().join("bucket")).unwrap();
    let url = format!("s3://bucket/some/prefix?endpoint={}", s3(served.path()).await);
    let local = Storage::connect(&format!("file://{}", folder.path().join("objects").display()), None).unwrap();
    vec![(local, folder), (Storage::connect(&url, Some(&credentials(SECRET))).unwrap(), served)]
}

/// The files below a folder.
fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_put_is_there_under_the_hash_of_its_bytes() {
    for (storage, _folder) in stores().await {
        for bytes in [vec![], b"picture".to_vec(), vec![7; 3 << 20]] {
            let key = storage.put(bytes.clone(), "png").await.unwrap();
            assert_eq!(key, Key::of(&bytes, "png"));
            assert_eq!(storage.get(&key).await.unwrap(), Some(bytes.clone()));
            assert_eq!(storage.put(bytes, "png").await.unwrap(), key, "putting twice is putting once");
        }
        assert_eq!(storage.get(&Key::of(b"never put", "png")).await.unwrap(), None);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_deleted_is_gone_and_may_be_deleted_again() {
    for (storage, _folder) in stores().await {
        let key = storage.put(b"bytes".to_vec(), "jpg").await.unwrap();
        storage.delete(&key).await.unwrap();
        storage.delete(&key).await.unwrap();
        assert_eq!(storage.get(&key).await.unwrap(), None);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_old_and_not_kept_is_pruned() {
    for (storage, _folder) in stores().await {
        let kept = storage.put(b"kept".to_vec(), "png").await.unwrap();
        let other = storage.put(b"other".to_vec(), "png").await.unwrap();
        let shard = u8::from_str_radix(&other.as_str()[..2], 16).unwrap();
        let listed = storage.list(shard).await.unwrap();
        let listed = listed.iter().find(|listed| listed.key == other).unwrap();
        assert_eq!(listed.bytes, 5);
        assert!(listed.put_at.abs_diff(clock::now_ms()) < 60_000);
        assert_eq!(storage.prune(clock::now_ms() - 60_000, |_| false).await.unwrap(), 0, "nothing is that old");
        assert_eq!(storage.prune(clock::now_ms() + 60_000, |key| *key == kept).await.unwrap(), 1);
        assert_eq!((storage.get(&other).await.unwrap(), storage.get(&kept).await.unwrap()), (None, Some(b"kept".to_vec())));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_object_whose_bytes_changed_is_not_handed_out() {
    for (storage, folder) in stores().await {
        let key = storage.put(b"bytes".to_vec(), "png").await.unwrap();
        let name = key.as_str().rsplit('/').next().unwrap().to_owned();
        let file = files(folder.path()).into_iter().find(|file| file.ends_with(&name)).unwrap();
        std::fs::write(file, b"bytes!").unwrap();
        assert_eq!(storage.get(&key).await, Err(Error::Corrupt(key)));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_check_leaves_nothing_behind() {
    for (storage, _folder) in stores().await {
        storage.check().await.unwrap();
        for shard in 0..=u8::MAX {
            assert_eq!(storage.list(shard).await.unwrap(), []);
        }
    }
}

#[tokio::test]
async fn a_folder_shows_where_its_objects_lie_and_sweeps_what_a_crash_left() {
    let folder = TempDir::new().unwrap();
    let storage = Storage::in_folder(folder.path().join("deep/objects")).unwrap();
    let key = storage.put(b"bytes".to_vec(), "png").await.unwrap();
    assert_eq!(std::fs::read(storage.path(&key).unwrap()).unwrap(), b"bytes");
    let partial = folder.path().join("deep/objects/.partial");
    assert_eq!(files(&partial), [] as [std::path::PathBuf; 0], "a whole object has left it");
    let (old, new) = (partial.join("old.tmp"), partial.join("new.tmp"));
    for file in [&old, &new] {
        std::fs::write(file, b"half an obj").unwrap();
    }
    let yesterday = std::time::SystemTime::now() - std::time::Duration::from_hours(24);
    std::fs::File::open(&old).unwrap().set_modified(yesterday).unwrap();
    storage.prune(0, |_| false).await.unwrap();
    assert_eq!((old.exists(), new.exists(), storage.get(&key).await.unwrap().is_some()), (false, true, true));
}

#[tokio::test]
async fn wrong_keys_are_refused_and_a_dead_store_is_unavailable() {
    let served = TempDir::new().unwrap();
    let endpoint = s3(served.path()).await;
    let connect = |url: &str, secret| Storage::connect(url, Some(&credentials(secret))).unwrap();
    for (url, secret, class) in [
        (format!("s3://bucket?endpoint={endpoint}"), "CANARY-another", "refused"),
        ("s3://bucket?endpoint=http://127.0.0.1:1".to_owned(), SECRET, "unavailable"),
    ] {
        let error = connect(&url, secret).check().await.unwrap_err();
        assert_eq!(error.class(), class, "{error}");
        assert!(!format!("{error} {error:?}").contains("CANARY"));
    }
    assert_eq!(Storage::connect("s3://bucket?region=r", None).err().unwrap().class(), "address");
}
