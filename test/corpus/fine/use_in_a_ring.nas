nas 1

use "parts/blocks.nas"
use "parts/more_blocks.nas"
space mine {
  input x: image[8, 8, 1]
  output x |> shared_block(8) |> wider_block(choose {8, 16}) |> classifier(10)
}
