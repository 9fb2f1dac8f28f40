nas 1

// Tensors made to fit: adaptation of size and width is written, never silent.

/// ReLU, 1x1 convolution to `c` channels and batch normalisation, always: how a cell of Zoph et al. 2018 takes its
/// inputs.
motif project(x; c) = x |> relu |> conv(c, 1) |> batch_norm

/// Half the height and width at `c` channels: ReLU, then two 1x1 convolutions of stride 2 with half of the channels
/// each, the second on the image moved by one pixel, so that the pixels left out by one are read by the other (the
/// factorized reduction of Zoph et al. 2018). Odd images are padded at the bottom and right.
motif factorized_reduce(x; c) {
  let y = relu(x)
  let even = y |> conv(floor(c / 2), 1, stride: 2)
  let odd = y |> shift(1, 1) |> conv(c - floor(c / 2), 1, stride: 2)
  concat([even, odd]) |> batch_norm
}

/// `p` at `c` channels and the size of `q`: a factorized reduction where `p` is larger, else a projection.
motif align(p, q; c) = if height(p) > height(q) then factorized_reduce(p; c) else project(p; c)

/// `p` in the shape of `q`: a factorized reduction where it is larger, a projection where its width differs, and `p`
/// itself where nothing needs to be done.
motif fit(p, q) = if height(p) > height(q)
  then factorized_reduce(p; channels(q))
  else if channels(p) != channels(q) then project(p; channels(q)) else p
