nas 1
// The mistake stands in the other file.

use "parts/broken.nas"
space mine {
  input x: image[8, 8, 1]
  output x |> broken_block(choose {8, 16}) |> classifier(10)
}
