//! What a picture says of itself: in its corner and in its metadata.

use huixin::picture::{Aigc, Label, Mark, decode, finish, read_aigc, write_aigc};
use image::{DynamicImage, GenericImageView};

use super::files::{encoded, flat, glass, jpeg, noise, photo, png, settings, webp};

/// The rows in which the mark has ink: nearly white, beside what is darkened.
fn ink_height(picture: &DynamicImage) -> u32 {
    let is_ink = |x, y| picture.get_pixel(x, y).0[..3].iter().all(|colour| *colour > 240);
    let rows: Vec<u32> = (0..picture.height()).filter(|y| (0..picture.width()).any(|x| is_ink(x, *y))).collect();
    rows.last().unwrap() - rows.first().unwrap() + 1
}

fn stored(picture: &DynamicImage, mark: Mark) -> DynamicImage {
    decode(&finish(png(picture), &settings(Some(mark))).unwrap().stored).unwrap().pixels
}

#[test]
fn the_writing_is_a_twentieth_of_the_shorter_side_high() {
    for (width, height) in [(512, 512), (800, 450), (250, 900), (300, 300), (64, 64)] {
        for mark in [Mark::Chinese, Mark::Latin] {
            let ink = ink_height(&stored(&flat(width, height, 0), mark));
            assert!(ink * 20 >= width.min(height), "{ink} of {width} × {height}");
        }
    }
}

#[test]
fn the_mark_is_seen_on_white_on_black_and_on_noise() {
    for under in [flat(512, 512, 255), flat(512, 512, 0), flat(512, 512, 128), noise(512, 512)] {
        let marked = stored(&under, Mark::Chinese);
        let corner = |picture: &DynamicImage| picture.crop_imm(340, 430, 172, 82).into_luma8().into_raw();
        let changed = corner(&under).iter().zip(corner(&marked)).filter(|(before, after)| before.abs_diff(*after) > 40).count();
        assert!(changed > 800, "only {changed} pixels tell");
        let luma = corner(&marked);
        assert!(luma.iter().filter(|luma| **luma > 240).count() > 300, "the strokes are white");
        let beside = marked.crop_imm(0, 0, 300, 300).into_rgb8();
        assert_eq!(beside, under.crop_imm(0, 0, 300, 300).into_rgb8(), "nothing else is touched");
    }
}

#[test]
fn the_smallest_and_the_thinnest_pictures_survive_their_mark() {
    for (width, height) in [(1, 1), (2, 900), (900, 2), (5, 5), (20, 20), (40, 3000)] {
        let marked = stored(&flat(width, height, 90), Mark::Chinese);
        assert_eq!(marked.dimensions(), (width, height));
    }
}

#[test]
fn a_translucent_picture_stays_so_around_its_mark() {
    let marked = stored(&glass(400, 400), Mark::Latin);
    assert_eq!(marked.get_pixel(10, 10).0, [255, 0, 0, 128]);
    assert!(marked.pixels().any(|(_, _, pixel)| pixel.0 == [255, 255, 255, 255]), "ink is opaque");
}

#[test]
fn a_label_is_written_into_every_format_that_holds_one_and_is_read_again() {
    let aigc = Aigc::made_by("回信 <test> & \"co\"", "id-1");
    for file in [png(&photo(40, 30)), jpeg(&photo(40, 30)), webp(&photo(40, 30)), webp(&glass(30, 40))] {
        assert_eq!(read_aigc(&file), None);
        let before = decode(&file).unwrap().pixels;
        let once = write_aigc(file, &aigc).unwrap();
        let other = Aigc { propagate_id: "p".into(), ..aigc.clone() };
        let twice = write_aigc(once.clone(), &other).unwrap();
        assert_eq!((read_aigc(&once), read_aigc(&twice)), (Some(aigc.clone()), Some(other)));
        let packets = twice.windows(10).filter(|window| *window == b"TC260:AIGC").count();
        assert_eq!(packets, 2, "one element, opened and closed");
        assert_eq!(decode(&twice).unwrap().pixels, before, "the pixels are the same");
    }
    assert_eq!(write_aigc(encoded(&photo(8, 8), image::ImageFormat::Bmp), &aigc).unwrap_err().class(), "unsupported");
}

#[test]
fn the_json_has_the_seven_keys_of_the_standard() {
    let file = write_aigc(png(&flat(4, 4, 0)), &Aigc::made_by("m", "i")).unwrap();
    let text = String::from_utf8_lossy(&file).replace("&quot;", "\"");
    let json = r#"{"Label":"1","ContentProducer":"m","ProduceID":"i","ReservedCode1":"","ContentPropagator":"","PropagateID":"","ReservedCode2":""}"#;
    assert!(text.contains(json), "{text}");
    assert!(text.contains("xmlns:TC260=\"http://www.tc260.org.cn/ns/AIGC/1.0/\""));
}

#[test]
fn a_label_of_any_length_fits() {
    let aigc = Aigc::made_by(&"长\"".repeat(100_000), &"&".repeat(100_000));
    let file = write_aigc(jpeg(&flat(4, 4, 0)), &aigc).unwrap();
    assert!(aigc.content_producer.starts_with(&read_aigc(&file).unwrap().content_producer));
}

#[test]
fn whoever_made_a_picture_stays_its_maker() {
    let labelled = write_aigc(png(&photo(100, 100)), &Aigc::made_by("the model's provider", "theirs")).unwrap();
    let finished = finish(labelled, &settings(Some(Mark::Chinese))).unwrap();
    let aigc = read_aigc(&finished.stored).unwrap();
    assert_eq!((&*aigc.content_producer, &*aigc.produce_id), ("the model's provider", "theirs"));
    assert_eq!((&*aigc.content_propagator, &*aigc.propagate_id), ("回信 <test> & co", "picture-1"));
}

#[test]
fn without_a_label_the_stored_bytes_are_those_that_came() {
    for file in
        [png(&photo(90, 60)), jpeg(&photo(90, 60)), webp(&photo(90, 60)), encoded(&photo(90, 60), image::ImageFormat::Bmp)]
    {
        let finished = finish(file.clone(), &Label::Off).unwrap();
        assert_eq!(finished.stored, file);
        assert_eq!((finished.width, finished.height), (90, 60));
        assert!(matches!(
            (finished.wechat_type, &finished.wechat[..4]),
            ("image/png", b"\x89PNG") | ("image/jpeg", [0xff, 0xd8, ..])
        ));
        assert_eq!(read_aigc(&finished.wechat), None);
    }
}

#[test]
fn both_copies_carry_both_labels() {
    for file in [
        png(&photo(180, 120)),
        jpeg(&photo(180, 120)),
        webp(&photo(180, 120)),
        encoded(&photo(180, 120), image::ImageFormat::Gif),
    ] {
        let finished = finish(file, &settings(Some(Mark::Chinese))).unwrap();
        assert!(read_aigc(&finished.stored).is_some() && read_aigc(&finished.wechat).is_some());
        assert!(ink_height(&decode(&finished.wechat).unwrap().pixels) >= 10);
        assert!(matches!(finished.extension, "png" | "jpg"));
    }
}

#[test]
fn a_picture_that_its_provider_marked_gets_the_metadata_alone() {
    let file = webp(&photo(180, 120));
    let finished = finish(file.clone(), &settings(None)).unwrap();
    assert_eq!((finished.extension, decode(&finished.stored).unwrap().pixels), ("webp", decode(&file).unwrap().pixels));
    assert!(read_aigc(&finished.stored).is_some() && read_aigc(&finished.wechat).is_some());
    let gif = encoded(&photo(30, 20), image::ImageFormat::Gif);
    assert_eq!(finish(gif, &settings(None)).unwrap().extension, "png", "a GIF has no place for it");
}
