//! What documents, workbooks and presentations have in common (ECMA-376, Open Packaging Conventions): relations between parts,
//! and the title. It knows nothing of paragraphs, cells or slides.

use super::{
    archive::Archive,
    error::Error,
    markup::{Markup, Node},
};

/// Relations of one part that are read; a workbook of a thousand sheets has a thousand.
const RELATIONS: usize = 10_000;

/// A title longer than this is no title.
const TITLE_CHARS: usize = 200;

/// One part's relation to another.
pub(super) struct Relation {
    pub(super) id: String,
    /// The last word of the type, as `officeDocument` or `slide`.
    pub(super) kind: String,
    /// The full name of the part in the archive.
    pub(super) target: String,
}

/// The part that the package is about.
pub(super) fn main_part(archive: &mut Archive<'_>) -> Result<Option<String>, Error> {
    let relations = relations(archive, "")?;
    Ok(relations.into_iter().find(|relation| relation.kind == "officeDocument").map(|relation| relation.target))
}

/// What `part` relates to within the archive. Targets outside of it are left out: nothing is fetched.
pub(super) fn relations(archive: &mut Archive<'_>, part: &str) -> Result<Vec<Relation>, Error> {
    let (folder, name) = part.rsplit_once('/').unwrap_or(("", part));
    let separator = if folder.is_empty() { "" } else { "/" };
    let meter = archive.meter();
    let Some(source) = archive.part(&format!("{folder}{separator}_rels/{name}.rels"))? else { return Ok(Vec::new()) };
    let mut markup = Markup::new(source, meter);
    let mut found = Vec::new();
    while found.len() < RELATIONS {
        match markup.next()? {
            Node::Open(tag) if tag.name() == "Relationship" => {
                let is_inside = tag.attribute("TargetMode").is_none_or(|mode| mode != "External");
                let (id, kind, target) = (tag.attribute("Id"), tag.attribute("Type"), tag.attribute("Target"));
                if let (true, Some(id), Some(kind), Some(target)) = (is_inside, id, kind, target) {
                    let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
                    found.push(Relation { id, kind, target: resolve(part, &target) });
                }
            }
            Node::End => break,
            Node::Open(_) | Node::Close(_) | Node::Text(_) => {}
        }
    }
    Ok(found)
}

/// The name of the part that `target` means, seen from `part`. It cannot leave the archive: `..` at the top is nothing.
pub(super) fn resolve(part: &str, target: &str) -> String {
    let base = if target.starts_with('/') { "" } else { part.rsplit_once('/').map_or("", |(folder, _)| folder) };
    let mut steps: Vec<&str> = Vec::new();
    for step in base.split('/').chain(target.split(['/', '\\'])) {
        match step {
            "" | "." => {}
            ".." => drop(steps.pop()),
            step => steps.push(step),
        }
    }
    steps.join("/")
}

/// The title among the document's properties; a broken part is no title.
pub(super) fn title(archive: &mut Archive<'_>) -> Option<String> {
    let meter = archive.meter();
    let mut markup = Markup::new(archive.part("docProps/core.xml").ok()??, meter);
    let mut title = String::new();
    let mut is_title = false;
    loop {
        match markup.next().ok()? {
            Node::Open(tag) => is_title = tag.name() == "title",
            Node::Text(text) if is_title => title.extend(text.chars().take(TITLE_CHARS)),
            Node::Close(name) if name == "title" => break,
            Node::End => break,
            Node::Close(_) | Node::Text(_) => {}
        }
    }
    Some(title.trim().to_owned()).filter(|title| !title.is_empty())
}

#[cfg(test)]
mod tests {
    use super::resolve;

    #[test]
    fn targets_stay_within_the_archive() {
        assert_eq!(resolve("ppt/slides/slide1.xml", "../notesSlides/notes1.xml"), "ppt/notesSlides/notes1.xml");
        assert_eq!(resolve("", "word/document.xml"), "word/document.xml");
        assert_eq!(resolve("xl/workbook.xml", "/xl/worksheets/sheet1.xml"), "xl/worksheets/sheet1.xml");
        assert_eq!(resolve("a/b.xml", "../../../../etc/passwd"), "etc/passwd");
    }
}
