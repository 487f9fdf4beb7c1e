//! Objects by the hash of their content, in a folder or in a bucket of anything that speaks S3.
//!
//! An object never changes: the same bytes get the same [`Key`] however often they are put, and what is read is held against its
//! name. Knows nothing of what objects are, who may see them, or for how long somebody needs them.

mod address;
mod error;
mod key;

pub use error::Error;
pub use key::Key;

use std::{path::PathBuf, time::Duration};

use futures_util::TryStreamExt;
use opendal::{ErrorKind, HttpTransporter, Operator, services};
use opendal_http_transport_reqwest::ReqwestTransport;
use reqwest::redirect;
use secrecy::{ExposeSecret, SecretString};

use crate::clock;

use address::{Address, Addressing, Bucket};

/// A store's front answers a handshake within milliseconds; beyond this the route is broken.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// For one request: 30 MB at 5 Mbit/s.
const TIMEOUT: Duration = Duration::from_mins(1);

/// Where a folder's objects are written before they get their name in one step.
const PARTIAL: &str = ".partial";

/// What a crash leaves in [`PARTIAL`] is taken away when it is older than any write can be.
const PARTIAL_LIFETIME_MS: i64 = 60 * 60 * 1000;

/// An object store; clones share its connections.
#[derive(Clone)]
pub struct Storage {
    operator: Operator,
    /// The folder, where it is one.
    folder: Option<PathBuf>,
}

/// The keys of a bucket.
#[derive(Debug, Clone)]
pub struct Credentials {
    pub access_key_id: String,
    pub secret_access_key: SecretString,
}

/// An object as a listing shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    pub key: Key,
    pub bytes: u64,
    /// When it was last put, in unix milliseconds by the store's clock.
    pub put_at: i64,
}

impl Storage {
    /// Opens `file:///absolute`, `file://relative` or `s3://bucket/prefix?endpoint=…&region=…`; the latter needs credentials.
    ///
    /// Makes the folder if need be, and asks nothing of a bucket; that is what [`Storage::check`] is for.
    pub fn connect(url: &str, credentials: Option<&Credentials>) -> Result<Self, Error> {
        match Address::parse(url)? {
            Address::Folder(folder) => Self::in_folder(folder),
            Address::Bucket(bucket) => {
                let credentials = credentials.ok_or(Error::Address("a bucket needs an access key and its secret"))?;
                in_bucket(&bucket, credentials)
            }
        }
    }

    /// Opens a folder.
    pub fn in_folder(folder: PathBuf) -> Result<Self, Error> {
        let (Some(root), Some(partial)) = (folder.to_str(), folder.join(PARTIAL).to_str().map(str::to_owned)) else {
            return Err(Error::Address("the folder's name is not UTF-8"));
        };
        let operator = Operator::new(services::Fs::default().root(root).atomic_write_dir(&partial))?;
        Ok(Self { operator, folder: Some(folder) })
    }

    /// Stores `bytes` and returns their key. Bytes that are there already are written again, so that their age begins anew.
    pub async fn put(&self, bytes: Vec<u8>, extension: &str) -> Result<Key, Error> {
        let key = Key::of(&bytes, extension);
        self.operator.write(key.as_str(), bytes).await?;
        Ok(key)
    }

    /// The object's bytes, or `None` if there is none (any more).
    pub async fn get(&self, key: &Key) -> Result<Option<Vec<u8>>, Error> {
        let bytes = match self.operator.read(key.as_str()).await {
            Ok(bytes) => bytes.to_vec(),
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        if key.names(&bytes) { Ok(Some(bytes)) } else { Err(Error::Corrupt(key.clone())) }
    }

    /// The object as a file of this machine, whether it exists or not; `None` in a bucket.
    pub fn path(&self, key: &Key) -> Option<PathBuf> {
        self.folder.as_ref().map(|folder| folder.join(key.as_str()))
    }

    /// Deletes the object; one that is not there is deleted too.
    pub async fn delete(&self, key: &Key) -> Result<(), Error> {
        Ok(self.operator.delete(key.as_str()).await?)
    }

    /// The objects whose hash begins with `shard`, so that a listing never holds more than a part of the store.
    pub async fn list(&self, shard: u8) -> Result<Vec<Listed>, Error> {
        let mut lister = match self.operator.lister_with(&format!("{shard:02x}/")).recursive(true).await {
            Ok(lister) => lister,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error.into()),
        };
        let mut objects = Vec::new();
        while let Some(entry) = lister.try_next().await? {
            let put_at = entry.metadata().last_modified().map(|time| time.into_inner().as_millisecond());
            // What we did not name is not ours to list or delete.
            if let (Some(key), Some(put_at)) = (Key::parse(entry.path()), put_at) {
                objects.push(Listed { key, bytes: entry.metadata().content_length(), put_at });
            }
        }
        Ok(objects)
    }

    /// Deletes what was last put before `before` (unix milliseconds), unless `is_kept`. Returns how many went.
    pub async fn prune(&self, before: i64, is_kept: impl Fn(&Key) -> bool) -> Result<usize, Error> {
        let mut pruned = 0;
        for shard in 0..=u8::MAX {
            for object in self.list(shard).await? {
                if object.put_at < before && !is_kept(&object.key) {
                    self.delete(&object.key).await?;
                    pruned += 1;
                }
            }
        }
        self.sweep_partial().await?;
        Ok(pruned)
    }

    /// Writes, reads and deletes a small object.
    pub async fn check(&self) -> Result<(), Error> {
        let mut nonce = [0; 16];
        getrandom::fill(&mut nonce).map_err(|_| Error::Failed("the system has no randomness".to_owned()))?;
        let key = self.put(nonce.to_vec(), "check").await?;
        let read = self.get(&key).await;
        self.delete(&key).await?;
        match read? {
            Some(_) => Ok(()),
            None => Err(Error::Failed("what was just written is not there".to_owned())),
        }
    }

    /// Takes away what writes that never ended have left.
    async fn sweep_partial(&self) -> Result<(), Error> {
        let Some(folder) = &self.folder else { return Ok(()) };
        let partial = self.operator.list_with(&format!("{PARTIAL}/")).recursive(true).await?;
        let now = clock::now_ms();
        for entry in partial.iter().filter(|entry| entry.metadata().is_file()) {
            let changed_at = entry.metadata().last_modified().map_or(now, |time| time.into_inner().as_millisecond());
            if changed_at < now - PARTIAL_LIFETIME_MS {
                tracing::info!(file = %folder.join(entry.path()).display(), "took away an unfinished object");
                self.operator.delete(entry.path()).await?;
            }
        }
        Ok(())
    }
}

fn in_bucket(bucket: &Bucket, credentials: &Credentials) -> Result<Storage, Error> {
    let mut service = services::S3::default()
        .bucket(&bucket.name)
        .root(&bucket.prefix)
        .region(&bucket.region)
        .access_key_id(&credentials.access_key_id)
        .secret_access_key(credentials.secret_access_key.expose_secret())
        // Keys come from the configuration alone, never from whatever else lies about on the machine.
        .disable_config_load()
        .disable_ec2_metadata();
    if let Some(endpoint) = &bucket.endpoint {
        service = service.endpoint(endpoint);
    }
    if bucket.addressing == Addressing::Virtual {
        service = service.enable_virtual_host_style();
    }
    let client = reqwest::Client::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(TIMEOUT)
        .redirect(redirect::Policy::none())
        .build()
        .map_err(|error| Error::Failed(error.without_url().to_string()))?;
    let operator = Operator::new(service)?;
    let context = operator.base_context().with_http_transport(HttpTransporter::new(ReqwestTransport::new(client)));
    Ok(Storage { operator: operator.with_context(context), folder: None })
}
