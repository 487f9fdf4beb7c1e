//! `STORAGE_URL`: a folder, or a bucket of anything that speaks S3.

use std::path::PathBuf;

use reqwest::Url;

use super::Error;

/// Hosts whose buckets are named in the host and nowhere else: Aliyun OSS and Tencent COS.
const VIRTUAL_HOSTS: [&str; 2] = [".aliyuncs.com", ".myqcloud.com"];

/// Where objects are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Address {
    Folder(PathBuf),
    Bucket(Bucket),
}

/// `s3://bucket/prefix?endpoint=https://…&region=…&addressing=virtual`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bucket {
    pub(super) name: String,
    pub(super) prefix: String,
    /// Amazon's own where there is none.
    pub(super) endpoint: Option<String>,
    pub(super) region: String,
    pub(super) addressing: Addressing,
}

/// Where the bucket's name stands in a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Addressing {
    Virtual,
    Path,
}

impl Address {
    /// Reads a URL; what is wrong with it is said without repeating it.
    pub(super) fn parse(url: &str) -> Result<Self, Error> {
        if let Some(path) = url.strip_prefix("file://") {
            return if path.is_empty() { Err(wrong("file:// needs a folder")) } else { Ok(Self::Folder(path.into())) };
        }
        let url = Url::parse(url).map_err(|_| wrong("it is not a URL"))?;
        if url.scheme() != "s3" {
            return Err(wrong("it begins with neither file:// nor s3://"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(wrong("keys do not belong into it"));
        }
        bucket(&url).map(Self::Bucket)
    }
}

fn bucket(url: &Url) -> Result<Bucket, Error> {
    let name = url.host_str().filter(|name| !name.is_empty()).ok_or_else(|| wrong("s3:// needs a bucket"))?;
    let (mut endpoint, mut region, mut addressing) = (None, None, None);
    for (parameter, value) in url.query_pairs() {
        match (&*parameter, &*value) {
            ("endpoint", value) => endpoint = Some(endpoint_of(value)?),
            ("region", value) => region = Some(value.to_owned()),
            ("addressing", "virtual") => addressing = Some(Addressing::Virtual),
            ("addressing", "path") => addressing = Some(Addressing::Path),
            ("addressing", _) => return Err(wrong("addressing is virtual or path")),
            _ => return Err(wrong("it knows the parameters endpoint, region and addressing")),
        }
    }
    let host = endpoint.as_ref().and_then(Url::host_str).unwrap_or(".amazonaws.com");
    let names_in_host = endpoint.is_none() || VIRTUAL_HOSTS.iter().any(|ending| host.ends_with(ending));
    let usual = if names_in_host { Addressing::Virtual } else { Addressing::Path };
    if endpoint.is_none() && region.is_none() {
        return Err(wrong("without an endpoint it needs a region"));
    }
    Ok(Bucket {
        name: name.to_owned(),
        prefix: url.path().to_owned(),
        endpoint: endpoint.map(|endpoint| endpoint.as_str().trim_end_matches('/').to_owned()),
        // R2 and MinIO accept any region and call it auto.
        region: region.unwrap_or_else(|| "auto".to_owned()),
        addressing: addressing.unwrap_or(usual),
    })
}

fn endpoint_of(text: &str) -> Result<Url, Error> {
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    url.ok_or_else(|| wrong("its endpoint is not an http(s) URL"))
}

fn wrong(reason: &'static str) -> Error {
    Error::Address(reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(url: &str) -> Bucket {
        let Ok(Address::Bucket(bucket)) = Address::parse(url) else { panic!("{url}") };
        bucket
    }

    #[test]
    fn a_folder_is_absolute_or_relative() {
        assert_eq!(Address::parse("file:///var/lib/x"), Ok(Address::Folder("/var/lib/x".into())));
        assert_eq!(Address::parse("file://data/objects"), Ok(Address::Folder("data/objects".into())));
    }

    #[test]
    fn a_bucket_is_named_where_its_host_wants_it() {
        let oss = parsed("s3://b/p/q?endpoint=https://oss-cn-hangzhou.aliyuncs.com&region=oss-cn-hangzhou");
        assert_eq!((&*oss.name, &*oss.prefix, oss.addressing), ("b", "/p/q", Addressing::Virtual));
        let minio = parsed("s3://b?endpoint=http://127.0.0.1:9000/");
        assert_eq!((minio.endpoint.as_deref(), &*minio.region), (Some("http://127.0.0.1:9000"), "auto"));
        assert_eq!(minio.addressing, Addressing::Path);
        assert_eq!(parsed("s3://b?region=eu-central-1").addressing, Addressing::Virtual);
        assert_eq!(parsed("s3://b?endpoint=http://h&addressing=virtual").addressing, Addressing::Virtual);
    }

    #[test]
    fn what_is_wrong_is_refused() {
        for url in [
            "",
            "data/objects",
            "file://",
            "https://h/b",
            "s3://",
            "s3://b",
            "s3://k:s@b?region=r",
            "s3://b?region=r&colour=red",
            "s3://b?endpoint=ftp://h",
            "s3://b?region=r&addressing=both",
        ] {
            assert!(matches!(Address::parse(url), Err(Error::Address(_))), "{url}");
        }
    }
}
