nas 1
// The space is called otherwise.

space dartz(c = 8) {
  input x: image[8, 8, 1]
  output x |> conv(c, choose k {3, 5}) |> classifier(10)
}
architecture best of darts { k = 3 }
