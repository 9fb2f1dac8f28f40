nas 1
// There is no such file.

use "dart.nas"
space mine {
  input x: image[8, 8, 1]
  output x |> conv(choose {8, 16}, 3) |> classifier(10)
}
