//! A party's archive, page by page and searched.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests fail by panicking")]

mod world;

use altinn_archive::{EntryId, Listing, NewElement, NewEntry, Participant};
use altinn_core::store::Batch;
use altinn_core::{AuthenticationLevel, Language, Text};
use chrono::{DateTime, Utc};
use world::{World, entry, stores};

/// An entry of the naive model.
struct Known {
    id: EntryId,
    party: &'static str,
    service: &'static str,
    time: DateTime<Utc>,
    title: &'static str,
    case: String,
}

const PARTIES: [&str; 2] = ["50001", "50002"];
const SERVICES: [&str; 2] = ["ttd/bakery-licence", "ttd/grants"];
const TITLES: [&str; 3] = ["Søknad om bakeriløyve", "Søknad om tilskot", "Melding til bakeri nr. 7"];

async fn filled(world: &World) -> Vec<Known> {
    let mut all = Vec::new();
    let mut batch = Batch::new();
    for n in 0..90_usize {
        // Several entries of one time, and not in the order of time.
        let time = DateTime::from_timestamp(1_700_000_000 + ((n * 37) % 30) as i64 * 86_400, 0).unwrap();
        let known = Known {
            id: EntryId::new(uuid::Uuid::nil()),
            party: PARTIES[usize::from(n % 5 == 0)],
            service: SERVICES[n % 2],
            time,
            title: TITLES[n % 3],
            case: format!("2026/{}", n % 7),
        };
        let actor = Participant::new("50009", "Kari Nordmann");
        let new = NewEntry::new(
            known.service,
            Participant::new(known.party, "Bakeriet AS"),
            actor,
            AuthenticationLevel::Sensitive,
        )
        .at(time)
        .with_title(Text::new(Language::Nn, known.title))
        .with_label("case", &known.case)
        .with_element(NewElement::new("form", "application/json", b"{}".to_vec()));
        let id = world.archive.stage(&mut batch, new).await.unwrap();
        all.push(Known { id, ..known });
    }
    world.store.commit(batch).await.unwrap();
    all.sort_by_key(|known| std::cmp::Reverse((known.time, known.id)));
    all
}

/// All pages, one after the other.
async fn list(world: &World, listing: &Listing, limit: u32) -> Vec<EntryId> {
    let mut listing = listing.clone().limit(limit);
    let mut found = Vec::new();
    loop {
        let page = world.archive.list(&listing).await.unwrap();
        assert!(page.entries.len() <= limit as usize);
        found.extend(page.entries.iter().map(|listed| listed.entry));
        match page.next {
            Some(next) => listing = listing.after(next.to_string().parse().unwrap()),
            None => return found,
        }
    }
}

#[tokio::test]
async fn a_search_finds_what_a_look_at_every_entry_finds_page_by_page() {
    for store in stores().await {
        let world = World::on(store).await;
        let all = filled(&world).await;
        let time = |days: i64| DateTime::from_timestamp(1_700_000_000 + days * 86_400, 0).unwrap();
        let words = |title: &str| title.to_lowercase().replace('.', "");
        type Test<'a> = Box<dyn Fn(&Known) -> bool + 'a>;
        let searches: Vec<(Listing, Test<'_>)> = vec![
            (Listing::of("50001"), Box::new(|_| true)),
            (Listing::of("50001").service("ttd/grants"), Box::new(|known| known.service == "ttd/grants")),
            (
                Listing::of("50001").between(time(5), time(20)),
                Box::new(move |known| known.time >= time(5) && known.time < time(20)),
            ),
            (
                Listing::of("50001").title("bakeri"),
                Box::new(move |known| words(known.title).contains("bakeri")),
            ),
            (Listing::of("50001").title("SØKNAD bak"), Box::new(|known| known.title == TITLES[0])),
            (Listing::of("50001").title("nr"), Box::new(|known| known.title == TITLES[2])),
            (Listing::of("50001").title("løyve"), Box::new(|_| false)),
            (Listing::of("50001").label("case", "2026/3"), Box::new(|known| known.case == "2026/3")),
            (Listing::of("50001").label("Case", "2026/3"), Box::new(|_| false)),
            (
                Listing::of("50001")
                    .service("ttd/bakery-licence")
                    .title("søknad")
                    .label("case", "2026/4")
                    .between(time(0), time(25)),
                Box::new(move |known| {
                    known.service == "ttd/bakery-licence"
                        && known.title.starts_with("Søknad")
                        && known.case == "2026/4"
                        && known.time < time(25)
                }),
            ),
        ];
        for (listing, test) in &searches {
            let expected: Vec<_> = all
                .iter()
                .filter(|known| known.party == "50001" && test(known))
                .map(|known| known.id)
                .collect();
            for limit in [1, 7, 1_000] {
                assert_eq!(list(&world, listing, limit).await, expected);
            }
        }
        assert_eq!(list(&world, &Listing::of("50002"), 50).await.len(), 18);
        assert_eq!(list(&world, &Listing::of("50009"), 50).await.len(), 0);
    }
}

#[tokio::test]
async fn a_page_shows_what_its_entries_say() {
    let world = World::on(stores().await.remove(0)).await;
    let id = world.archive.append(entry("{}")).await.unwrap().entry();
    let page = world.archive.list(&Listing::of("50001").title("bakery")).await.unwrap();
    assert_eq!((page.entries.len(), page.next), (1, None));
    assert_eq!(page.entries[0].entry, id);
    assert_eq!(page.entries[0].fields.labels["case"], "2026/17");
    assert_eq!(format!("{:?}", Listing::of("50001").title("bakery")), "Listing { limit: 100, .. }");
}
