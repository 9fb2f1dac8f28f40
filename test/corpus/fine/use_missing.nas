nas 1

use "parts/blocks.nas"
space mine {
  input x: image[8, 8, 1]
  output x |> shared_block(choose {8, 16}) |> classifier(10)
}
