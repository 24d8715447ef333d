//! LeNet-5 learns to read the digits of MNIST, and all that training consists of is one value that is pickled: the network
//! with its layers and weights, the optimizer with its moments, the random numbers, the history, and the best network so
//! far. So training that was interrupted goes on as if nothing had happened, and another process computes the same.

pub mod activations;
pub mod data;
pub mod file;
pub mod layers;
pub mod network;
pub mod optimizer;
pub mod parameter;
pub mod plot;
pub mod random;
pub mod score;
mod tensors;
pub mod training;
