nas 1
// Two files that use each other.

use "parts/ring.nas"
space mine {
  input x: image[8, 8, 1]
  output x |> conv(choose {8, 16}, 3) |> classifier(10)
}
motif mine_block(x; c) = x |> conv(c, 3)
