//! Reads arbitrary bytes as a picture, and makes a small copy of what is one.
#![no_main]

use huixin::picture::{Aigc, Goal, MAX_PIXELS, decode, fit, read_aigc, write_aigc};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = read_aigc(bytes);
    let Ok(picture) = decode(bytes) else { return };
    let (width, height) = (picture.pixels.width(), picture.pixels.height());
    assert!(width > 0 && height > 0 && u64::from(width) * u64::from(height) <= MAX_PIXELS);
    if picture.format.holds_metadata() {
        let aigc = Aigc::made_by("fuzz", "1");
        let labelled = write_aigc(bytes.to_vec(), &aigc).expect("what is decoded can be labelled");
        assert_eq!(read_aigc(&labelled), Some(aigc));
        assert_eq!(decode(&labelled).expect("what is labelled can be decoded").pixels, picture.pixels);
    }
    if u64::from(width) * u64::from(height) <= 10_000 {
        let fitted = fit(bytes, Goal { max_side: 64, ..Goal::MODEL }).expect("what is decoded can be fitted");
        assert!(fitted.width <= 64 && fitted.height <= 64);
        assert!(decode(&fitted.bytes).is_ok());
    }
});
