nas 1
// Both files declare a motif of this name.

use "parts/blocks.nas"
space mine {
  input x: image[8, 8, 1]
  output x |> shared_block(choose {8, 16}) |> classifier(10)
}
motif shared_block(x; c) = x |> conv(c, 5)
