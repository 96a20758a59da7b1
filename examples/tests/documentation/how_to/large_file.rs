//! A large file from one organization to another.

use std::io;
use std::time::Duration;

use altinn_archive::{Digest, Receipt};
use altinn_core::{Actor, PartyId};
use altinn_services::Altinn;
use altinn_services::broker::{BrokerService, NewTransfer, TransferId};
use axum::body::Bytes;
use futures_util::{TryStreamExt as _, stream};

use super::{Outcome, Scene, examples};

/// The sender: announce, ask where the upload stands (0 at first), and send from there.
async fn send(
    altinn: &Altinn,
    (sender, us): (&Actor, PartyId),
    (service, them): (&BrokerService, PartyId),
    file: &[u8],
) -> Outcome<TransferId> {
    let new = NewTransfer::new("accounts.zip".parse()?, [them]).with_size(file.len() as u64);
    let new = new.with_checksum(Digest::of(file).to_string().parse()?).once("accounts-2026");
    let id = altinn.broker().initialise(sender, service, us, &new).await?;
    let stands = altinn.broker().transfer(sender, service, us, id).await?.received;
    altinn.broker().upload((sender, us), service, id, stands, pieces(file, stands)).await?;
    Ok(id)
}

/// The receiver: read, and confirm; the receipt is a proof for both.
async fn fetch(
    altinn: &Altinn,
    (receiver, us): (&Actor, PartyId),
    service: &BrokerService,
    id: TransferId,
) -> Outcome<(Vec<Bytes>, Receipt)> {
    let file = altinn.broker().download(receiver, service, us, id).await?;
    let bytes: Vec<Bytes> = file.into_stream().try_collect().await?; // or piece by piece, into a file
    let entry = altinn.broker().confirm(receiver, service, us, id).await?;
    let receipt = altinn.archive().prove(entry, Duration::from_secs(10)).await?;
    Ok((bytes, receipt.proved().ok_or("not proved yet")?))
}

/// The bytes of a file from a place on, in pieces.
fn pieces(file: &[u8], from: u64) -> impl futures_util::Stream<Item = io::Result<Bytes>> + Send + use<> {
    let rest = file.get(usize::try_from(from).unwrap()..).unwrap();
    stream::iter(rest.chunks(64 * 1024).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect::<Vec<_>>())
}

#[tokio::test]
async fn a_file_arrives_and_its_receipt_verifies() -> Outcome {
    let Scene { world, bakery, actor, .. } = Scene::new().await?;
    let service = world.altinn().publish_broker(examples("services/annual-accounts"))?;
    let per = world.person().await?;
    let bank = world.organization(&per).await?;
    let banker = world.log_in(&per).await?;
    let file: Vec<u8> = (0..200_000_u32).flat_map(u32::to_le_bytes).collect();

    let id = send(world.altinn(), (&actor, bakery.id), (&service, bank.id), &file).await?;
    let (bytes, receipt) = fetch(world.altinn(), (&banker, bank.id), &service, id).await?;
    assert_eq!(bytes.concat(), file);
    receipt.verify(world.altinn().archive().verifier_key())?;
    Ok(())
}
