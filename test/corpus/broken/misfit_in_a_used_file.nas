nas 1
// The shapes clash inside of a motif of the other file.

use "parts/blocks.nas"
space mine {
  input x: image[8, 8, 1]
  output x |> residual_block(choose {1, 8}) |> classifier(10)
}
