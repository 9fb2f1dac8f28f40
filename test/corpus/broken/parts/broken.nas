nas 1

motif broken_block(x; c) = x |> conv(c 3) |> relu
