//! Making pictures fit, and what of a photo stays behind.

use huixin::picture::{Format, Formats, Goal, Label, Mark, Workshop, decode, finish, fit, read_aigc};
use image::GenericImageView;

use super::files::{exif, glass, jpeg, noise, photo, png, settings, webp, with_segment};

#[test]
fn a_picture_for_a_model_is_a_jpeg_of_at_most_1568_pixels() {
    for (file, expected) in [
        (png(&photo(2000, 250)), (1568, 196)),
        (jpeg(&photo(200, 3200)), (98, 1568)),
        (webp(&photo(1568, 10)), (1568, 10)),
        (png(&glass(30, 20)), (30, 20)),
        (png(&photo(6000, 1)), (1568, 1)),
    ] {
        let fitted = fit(&file, Goal::MODEL).unwrap();
        let picture = decode(&fitted.bytes).unwrap();
        assert_eq!((fitted.width, fitted.height), expected);
        assert_eq!((picture.format, picture.pixels.dimensions()), (Format::Jpeg, expected));
    }
}

#[test]
fn what_shows_through_becomes_white_in_a_jpeg() {
    let fitted = fit(&png(&glass(32, 32)), Goal::MODEL).unwrap();
    let [red, green, blue, _] = decode(&fitted.bytes).unwrap().pixels.get_pixel(16, 16).0;
    assert!(red > 245 && green.abs_diff(127) < 6 && blue.abs_diff(127) < 6, "{red} {green} {blue}");
}

#[test]
fn the_ladder_ends_below_any_size_that_leaves_something_to_see() {
    let file = png(&noise(160, 120));
    for max_bytes in [70_000, 20_000, 9_000, 4_000] {
        let fitted = fit(&file, Goal { max_bytes, max_side: 4000, formats: Formats::JpegOrPng }).unwrap();
        assert!(fitted.bytes.len() <= max_bytes);
        assert_eq!(fitted.format, if max_bytes == 70_000 { Format::Png } else { Format::Jpeg });
    }
    let error = fit(&file, Goal { max_bytes: 100, max_side: 4000, formats: Formats::Jpeg }).unwrap_err();
    assert_eq!(error.class(), "too_big");
}

#[test]
fn a_photo_is_turned_upright_and_forgets_where_it_was_taken() {
    let upright = photo(60, 40);
    let file = with_segment(&jpeg(&upright), 0xe1, &[b"Exif\0\0", &exif(6)[..]].concat());
    let place = b"SECRET-PLACE";
    assert!(file.windows(place.len()).any(|window| window == place));
    let fitted = fit(&file, Goal::MODEL).unwrap();
    assert_eq!((fitted.width, fitted.height), (40, 60));
    let turned = decode(&fitted.bytes).unwrap().pixels;
    let (before, after) = (upright.get_pixel(5, 35).0, turned.get_pixel(4, 5).0);
    assert!(before.iter().zip(after).all(|(before, after)| before.abs_diff(after) < 25), "{before:?} {after:?}");
    for copy in [fitted.bytes, finish(file, &settings(Some(Mark::Latin))).unwrap().stored] {
        assert!(!copy.windows(place.len()).any(|window| window == place));
        assert!(!copy.windows(4).any(|window| window == b"Exif"));
    }
}

#[test]
fn a_plain_colour_profile_is_kept_and_one_for_print_is_not() {
    let profile = |space: &[u8; 4]| [&[0; 16][..], space, &[7; 300]].concat();
    for (space, is_kept) in [(b"RGB ", true), (b"CMYK", false)] {
        let segment = [b"ICC_PROFILE\0\x01\x01", &profile(space)[..]].concat();
        let file = with_segment(&jpeg(&photo(30, 30)), 0xe2, &segment);
        let fitted = fit(&file, Goal::MODEL).unwrap();
        assert_eq!(decode(&fitted.bytes).unwrap().profile, is_kept.then(|| profile(space)));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_workshop_does_the_same_away_from_the_threads_that_answer() {
    let workshop = Workshop::new(1);
    let finished = workshop.finish(png(&photo(80, 80)), settings(Some(Mark::Chinese))).await.unwrap();
    assert!(read_aigc(&finished.stored).is_some());
    let (one, other) =
        tokio::join!(workshop.fit(finished.stored.clone(), Goal::MODEL), workshop.finish(b"no picture".to_vec(), Label::Off));
    assert_eq!((one.unwrap().width, other.unwrap_err().class()), (80, "unsupported"));
}
