//! The operator's list of models, and what is said of its mistakes.

use huixin::llm::models::{Abilities, Ability, Listing, Prices, configured::parse};

#[test]
fn a_list_is_names_with_marks_and_prices() {
    let models =
        parse(" qwen-plus[in=0.8 out=2] ,deepseek-chat, qwen-vl-max[sees],\n dall-e-3[draws per=0.04], my/painter[draws],")
            .unwrap();
    let names: Vec<&str> = models.iter().map(|model| model.name.as_str()).collect();
    assert_eq!(names, ["qwen-plus", "deepseek-chat", "qwen-vl-max", "dall-e-3", "my/painter"]);
    assert_eq!(models[0].prices, Prices { input: Some(0.8), output: Some(2.0), picture: None });
    assert_eq!((models[1].prices, models[1].marks), (Prices::default(), Abilities::default()));
    assert_eq!(models[2].marks, Abilities::of(&[Ability::Writes, Ability::Sees]));
    assert_eq!(models[3].prices.picture, Some(0.04));
    assert_eq!(parse("").unwrap(), []);
    // Marks may be separated by commas, which do not end the model.
    assert_eq!(parse("a[sees, in=1],b").unwrap().len(), 2);
}

#[test]
fn every_mistake_is_named_with_its_model() {
    for (list, expected) in [
        ("gpt-4o[sees", "`gpt-4o[sees` opens a bracket and does not close it"),
        ("gpt-4o]", "`gpt-4o]` closes a bracket that is not open"),
        ("gpt-4o[sees] gpt-4.1", "`gpt-4o[sees] gpt-4.1` goes on behind its bracket: `gpt-4.1`; is a comma missing?"),
        ("gpt-4o gpt-4.1", "`gpt-4o gpt-4.1` contains a space; models are separated by commas"),
        ("[sees]", "`[sees]` has marks and no name"),
        ("m[fast]", "`m` has the mark `fast`; known are sees, draws, thinks, writes, in=, out= and per="),
        ("m[cost=3]", "`m` has the price `cost=3`; known are in= and out= for a million tokens, per= for a picture"),
        ("m[in=]", "`m` has `in=`; a price is a number such as 2.5"),
        ("m[in=-1]", "`m` has `in=-1`; a price is a number such as 2.5"),
        ("m[in=inf]", "`m` has `in=inf`; a price is a number such as 2.5"),
        ("m[in=1 in=2]", "`m` has `in=` twice"),
        ("m,m[sees]", "`m` stands in the list twice"),
    ] {
        assert_eq!(parse(list).unwrap_err(), [expected], "{list}");
    }
    assert_eq!(parse("a[x],b,c[per=free]").unwrap_err().len(), 2, "all of them at once");
}

#[test]
fn marks_add_to_what_the_name_says_and_keep_the_lists_apart() {
    let models =
        parse("qwen-plus, glm-5[sees], my-own-model, my-painter[draws], dall-e-3, text-embedding-v4, gemini-2.5-flash-image");
    let listing = Listing::of_configured(&models.unwrap());
    let names = |entries: Vec<&huixin::llm::models::Entry>| entries.iter().map(|entry| entry.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(listing.chat()), ["qwen-plus", "glm-5", "my-own-model", "gemini-2.5-flash-image"]);
    assert_eq!(names(listing.picture()), ["my-painter", "dall-e-3", "gemini-2.5-flash-image"]);
    assert!(listing.show("glm-5").unwrap().abilities.contains(Ability::Sees));
    assert_eq!(listing.show("glm"), None);
}
