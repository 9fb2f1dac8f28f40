nas 1

space dartz(c = 8) {
  input x: image[8, 8, 1]
  output x |> conv(c, choose k {3, 5}) |> classifier(10)
}
architecture best of dartz { k = 3 }
