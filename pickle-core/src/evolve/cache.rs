//! Plans that were made, kept for the next stream of the same shape.

use std::sync::{Arc, Mutex, PoisonError};

use super::plan::Plan;
use crate::error::Result;
use crate::schema::{TypeSchema, TypeTable};
use crate::wire::Memory;

/// Plans that are kept: enough for the releases of a program, and no more however many schemas a hostile file has.
const KEPT: usize = 32;
/// Bytes of a schema whose plan is kept, and of the plan.
const LARGEST: usize = 64 << 10;
const LARGEST_PLAN: usize = 1 << 20;

struct Kept {
    /// What the schema was found to match.
    fingerprint: u64,
    schema: Box<[u8]>,
    plan: Arc<Plan>,
}

fn kept<R>(run: impl FnOnce(&mut Vec<Kept>) -> R) -> R {
    static PLANS: Mutex<Vec<Kept>> = Mutex::new(Vec::new());
    run(&mut PLANS.lock().unwrap_or_else(PoisonError::into_inner))
}

/// The plan for streams with this schema, which has the fingerprint `found`.
///
/// # Errors
/// A schema that is damaged, or that nothing bridges; tables or a plan beyond the memory, kept or not.
pub(crate) fn plan_for(bytes: &[u8], found: u64, own: &'static TypeSchema, memory: &mut Memory) -> Result<Arc<Plan>> {
    let known = kept(|plans| {
        let is_it =
            |kept: &Kept| std::ptr::eq(kept.plan.own, own) && kept.fingerprint == found && *kept.schema == *bytes;
        let place = plans.iter().position(is_it)?;
        // The latest stands first.
        plans[..=place].rotate_right(1);
        Some(plans[0].plan.clone())
    });
    if let Some(plan) = known {
        memory.charge(plan.old.charged())?;
        memory.charge(plan.size())?;
        return Ok(plan);
    }
    let types = Arc::new(TypeTable::decode(bytes, found, memory)?);
    let plan = Arc::new(Plan::new((&types, types.model.root), (own, own.own().types.model.root), memory)?);
    if bytes.len() <= LARGEST && plan.size() <= LARGEST_PLAN {
        kept(|plans| {
            plans.truncate(KEPT - 1);
            plans.insert(0, Kept { fingerprint: found, schema: bytes.into(), plan: plan.clone() });
        });
    }
    Ok(plan)
}
