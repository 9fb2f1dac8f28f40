nas 1

/// A convolution with what stands around it.
motif shared_block(x; c) = x |> relu |> conv(c, 3) |> batch_norm

/// Wrong where `c` is not the number of channels that comes in.
motif residual_block(x; c) = x + shared_block(x; c)
