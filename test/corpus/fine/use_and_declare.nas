nas 1

use "parts/blocks.nas"
space mine {
  input x: image[8, 8, 1]
  output x |> own_block(choose {8, 16}) |> classifier(10)
}
motif own_block(x; c) = x |> conv(c, 5) |> shared_block(c)
