//! BUILDS a game from the prompt alone, without a model or a network.
