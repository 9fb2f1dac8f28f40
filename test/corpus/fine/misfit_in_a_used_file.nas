nas 1

use "parts/blocks.nas"
space mine {
  input x: image[8, 8, 8]
  output x |> residual_block(8) |> conv(choose {8, 16}, 1) |> classifier(10)
}
