nas 1
// Files elsewhere are not read.

use "../blocks.nas"
space mine {
  input x: image[8, 8, 1]
  output x |> conv(choose {8, 16}, 3) |> classifier(10)
}
